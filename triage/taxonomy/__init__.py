"""The matters that complaints are about (信访事项内容分类), as data."""
