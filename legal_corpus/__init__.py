"""The law as data: sources, versions, citations, the store of full texts and the embedded digest."""
