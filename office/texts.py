"""The office's sentences in both languages, joined as `中文 · English`, Chinese first."""

JOINT = " · "
"""Stands between the Chinese and the English half of a sentence."""


def both(zh: str, en: str) -> str:
    """Join the two halves of one sentence.

    >>> both("不存在", "does not exist")
    '不存在 · does not exist'
    """
    return f"{zh}{JOINT}{en}"


def split(text: str) -> tuple[str, str]:
    """Part a joined sentence into its Chinese and English halves; one half serves for both.

    >>> split("不存在 · does not exist")
    ('不存在', 'does not exist')
    >>> split("odd")
    ('odd', 'odd')
    """
    zh, joint, en = text.partition(JOINT)
    return (zh, en) if joint else (text, text)


FAULTS = {
    "missing": ("缺少这一项", "is missing"),
    "extra_forbidden": ("没有这一项设置", "is not a known key"),
    "string_type": ("应为文字", "must be text"),
    "string_too_short": ("不能为空或过短", "is empty or too short"),
    "string_too_long": (
        "过长，最多 {max_length} 个字",
        "is too long, at most {max_length} letters",
    ),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_type": ("应为整数", "must be a whole number"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "literal_error": ("只能是 {expected}", "must be {expected}"),
    "greater_than_equal": ("不能小于 {ge}", "must be at least {ge}"),
    "less_than_equal": ("不能大于 {le}", "must be at most {le}"),
    "model_type": ("应为若干「名称: 值」", "must be keys with values"),
    "model_attributes_type": ("应为若干「名称: 值」", "must be keys with values"),
    "dict_type": ("应为若干「名称: 值」", "must be keys with values"),
    "tuple_type": ("应为列表", "must be a list"),
}
"""What is wrong with a value, by pydantic's error type."""
