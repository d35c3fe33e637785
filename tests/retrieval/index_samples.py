"""Documents written by us for the tests of search; no sentence of a statute."""

from datetime import date

from retrieval.values import Document

DOCUMENTS = [
    Document(
        "lift-1", "电梯安全规定", "第三条", "电梯的维修由使用单位负责，物业要及时排除故障。", region="全国"
    ),
    Document("noise-1", "噪声防治规定", "第八条", "夜里装修发出噪声影响邻居的，要停工。", region="全国"),
    Document(
        "noise-0",
        "噪声防治规定",
        "第八条",
        "夜里装修发出噪声影响邻居的，要劝阻。",
        region="全国",
        valid_from=date(2000, 1, 1),
        valid_to=date(2022, 6, 5),
    ),
    Document(
        "bj-1", "北京市物业办法", "第五条", "物业要公示收费。", region="北京", valid_from=date(2020, 5, 1)
    ),
    Document("sh-1", "物业办法", "第六条", "物业要公示电梯收费。", region="上海"),
    Document("old-1", "旧物业办法", "第一条", "物业收费由街道定。", region="全国", in_force=False),
    Document("plain", "", "", "没有出处的一段话，说的是供暖。"),
]
