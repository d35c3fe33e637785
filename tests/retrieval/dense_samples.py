"""A small encoder and a small training folder, all written by us; no sentence of a statute or a citizen."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np

from retrieval.bag import bag_tokens
from retrieval.dense import BagEncoder

LAWS = {
    "电梯安全规定": ["电梯由使用单位维修；物业要及时排除故障。", "电梯每年检验一次；标志贴在轿厢里。"],
    "噪声防治规定": [
        "夜里装修发出噪声影响邻居的，要停工；可以罚款。",
        "广场舞太响的，先劝阻；不听的警告。",
    ],
    "供暖办法": ["供暖温度不到十八度的，退还暖气费；要测温。", "供暖单位不得提前停暖；停暖要公告。"],
    "工资条例": ["拖欠工资的，劳动部门责令支付；加付赔偿。", "工资每月发一次；不得用实物代替。"],
}
QUESTIONS = [
    ("电梯坏了没人修", 0),
    ("电梯多久检查一回", 1),
    ("楼上晚上装修太吵", 2),
    ("跳广场舞的音响太响", 3),
    ("家里暖气不热", 4),
    ("提前停暖气合理吗", 5),
    ("老板不给工钱", 6),
    ("发东西顶工资行吗", 7),
]


def sample_encoder(seed: int = 0, name: str = "sample") -> BagEncoder:
    """Every token of the samples with a random vector: texts that share words lie near."""
    texts = [text for articles in LAWS.values() for text in articles] + [text for text, _ in QUESTIONS]
    texts += [
        *LAWS,
        "物业收费公示办法街道由定北京市旧第八条三五六夜里装修发出噪声影响邻居的，要停工劝阻维修使用单位负责",
    ]
    tokens = sorted({token for text in texts for token in bag_tokens(text)})
    draw = np.random.default_rng(seed)
    weights = draw.integers(-127, 128, (len(tokens), 64)).astype(np.int8)
    scales = np.full(len(tokens), 1 / 127, np.float32)
    return BagEncoder(tokens, weights, scales, name=name, hash=f"sha256:{seed}")


def write_training_folder(folder: Path) -> None:
    """All files that training reads, with eight articles and eight questions."""
    articles = [
        {
            "id": f"a{number}",
            "law": law,
            "article_no": f"第{number}条",
            "text": text,
            "current": True,
            "region": "全国",
            "kind": "article",
        }
        for number, (law, text) in enumerate((law, text) for law, texts in LAWS.items() for text in texts)
    ]
    answers = [
        {
            "id": f"q{number}",
            "question": f"请问{text}怎么办",
            "answer": articles[place]["text"],
            "cited": [{"article_id": articles[place]["id"]}],
        }
        for number, (text, place) in enumerate(QUESTIONS)
    ]
    messages = [
        {"row": number, "dup_group": number, "title": text, "text": f"{text}，请处理", "reply": "已经处理"}
        for number, (text, _) in enumerate(QUESTIONS)
    ]
    gold = [{"uid": "c2-0", "title": QUESTIONS[0][0], "text": "", "core": [], "also": []}]
    stard = [{"query_id": number, "text": text} for number, (text, _) in enumerate(QUESTIONS)]
    for name, found in {
        "law/articles.jsonl.xz": articles,
        "law/stard_corpus_recon.jsonl.xz": articles,
        "law/stard_train_queries.jsonl": stard,
        "law/qa_lecoqa.jsonl": [dict(a, question=q["text"]) for a, q in zip(answers, stard, strict=True)],
        "law/qa_lawyer_llama.jsonl": answers,
        "law/qa_lawbench_scenario.jsonl": answers,
        "law/qa_siat_legalqa.jsonl": answers,
        "law/lawbench_consult.jsonl": [{"question": "请问电梯坏了没人修怎么办"}],
        "petition/law_gold_dev.jsonl": gold,
        "petition/teddy_c2_train.jsonl": messages,
        "petition/teddy_c3_hot.jsonl": messages,
        "petition/teddy_c_unlabelled.jsonl": messages,
        "petition/teddy_c4_reply.jsonl": messages,
    }.items():
        _write(folder / name, found)
    lines = [f"{number}\t0\ta{place}\t1\n" for number, (_, place) in enumerate(QUESTIONS)]
    (folder / "law/stard_train_qrels_recon.tsv").write_text("".join(lines), "utf-8")


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(lzma.compress(data) if path.suffix == ".xz" else data)
