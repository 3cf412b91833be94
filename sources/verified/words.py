r"""The words in formulas, ``\text{...}``: what each of the translation says in English."""

CHINESE = {
    "若": "if",
    "（若": "if",
    "可逆）": "is invertible",
    "否则。": "otherwise.",
    "对所有": "for all",
    "等号成立当且仅当": "with equality only for",
    "简记为": "in short",
    "因此": "hence",
    "误差": "error",
    "猫": "cat",
    "高": "height",
    "宽": "width",
    "批量大小": "batch size",
}
