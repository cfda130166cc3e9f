"""What the check of flows and the commands say, `中文 · English`, Chinese first."""

TEXTS = {
    "not_yaml": ("不是正确的 YAML：{problem}", "is not valid YAML: {problem}"),
    "too_long": ("文件过长，最多 {most} 个字符", "is too long, at most {most} characters"),
    "too_deep": (
        "不支持锚点引用或过深的嵌套，请直接写出",
        "write it out: no anchors, less nesting",
    ),
    "twice": ("同一个键写了两次，请删去一个", "this key stands twice; remove one"),
    "odd_key": ("键应为文字", "a key must be text"),
    "not_mapping": ("应为若干「名称: 值」", "must be keys with values"),
    "empty": ("流程是空的：至少写 flow、start 和 nodes", "is empty: write flow, start and nodes"),
    "missing": ("缺少 {key}，请补上", "{key} is missing; add it"),
    "unknown_key": ("不认识的键；可用的键：{may}", "is not a known key; known are {may}"),
    "unknown_kind": ("没有「{kind}」这种节点；可用：{may}", "no kind {kind}; known are {may}"),
    "wrong_name": (
        "流程名应与文件名一致：{name}",
        "the flow must be named like its file: {name}",
    ),
    "bad_name": (
        "名字只能用小写字母、数字、- 和 _，以字母开头",
        "a name is lower-case letters, digits, - and _, a letter first",
    ),
    "bad_key": ("按键只能是 0-9、* 或 #", "a key is one of 0-9, * and #"),
    "out_of_range": ("数值超出范围：{limit}", "is out of range: {limit}"),
    "too_few": ("至少要有一项", "needs at least one entry"),
    "not_number": ("应为数字", "must be a number"),
    "not_true_false": ("应为 true 或 false", "must be true or false"),
    "not_text": ("应为文字", "must be text"),
    "not_list": ("应为列表", "must be a list"),
    "not_one_of": ("只能是 {expected}", "must be {expected}"),
    "bad_value": ("值不合适：{problem}", "does not fit: {problem}"),
    "no_node": ("没有名为「{name}」的节点{near}", "no node is named {name}{near}"),
    "no_prompt": ("没有提示音「{name}」{near}", "no prompt is named {name}{near}"),
    "no_group": ("没有技能组「{name}」{near}", "no group is named {name}{near}"),
    "no_calendar": ("没有日历「{name}」{near}", "no calendar is named {name}{near}"),
    "no_value": (
        "流程的 values 里没有「{name}」，请先声明{near}",
        "the flow declares no value {name}; add it under values{near}",
    ),
    "no_flow": ("没有流程「{name}」{near}", "no flow is named {name}{near}"),
    "no_skill": ("没有技能「{name}」{near}", "no skill is named {name}{near}"),
    "no_agent": ("没有工号「{name}」{near}", "there is no agent {name}{near}"),
    "no_fact": (
        "没有「{name}」这项信息，可用的见 docs/howto/flows.md{near}",
        "nothing is known by the name {name}, see docs/howto/flows.md{near}",
    ),
    "bad_condition": ("看不懂条件里的「{part}」", "cannot read the condition at {part}"),
    "case_twice": ("同一个条件写了两次", "the same condition stands twice"),
    "least_most": ("least 不能大于 most", "least must not be more than most"),
    "secret_aloud": (
        "保密的输入不能读回：secret 与 confirm 二选一",
        "a secret is not read back: choose secret or confirm",
    ),
    "no_body": ("{method} 请求不能有 body", "{method} takes no body"),
    "one_part": (
        "每一项只写一种：prompt、digits、number、amount、date、time、place、code 或 phone",
        "write one thing: prompt, digits, number, amount, date, time, place, code or phone",
    ),
    "unreachable": (
        "从 start 走不到这个节点：连上它，或删去",
        "cannot be reached from start: link it, or remove it",
    ),
    "no_way_out": (
        "从这里永远结束不了：加一条通向 group 或 hang_up 的路",
        "never ends from here: add a way to a group or hang_up node",
    ),
    "endless": (
        "不按键也会一直循环：{round}",
        "goes round for ever without a key: {round}",
    ),
    "no_person": (
        "从这个菜单按两个键到不了人工：加一个通向 group 节点的键",
        "no person within two keys from this menu: add a key that leads to a group node",
    ),
    "far_keys": (
        "从这里按 {keys} 个键到不了人工（{at}）：加一个通向 group 节点的键，一般用 0",
        "no person within {keys} keys from here ({at}): add a key to a group node, usually 0",
    ),
    "far_seconds": (
        "从这里到人工最快也要 {took} 秒，上限 {most} 秒（{at}）：缩短提示音、减少 tries，"
        "或加一个直达人工的键",
        "a person is {took} s away at best, at most {most} s are allowed ({at}): shorten the "
        "prompts, lower tries, or add a key straight to a person",
    ),
    "no_zero": (
        '这个菜单按 0 到不了人工：在 keys 里加 "0"，指向转人工的节点',
        '0 does not reach a person from this menu: add "0" to keys, to a group node',
    ),
    "many_keys": (
        "菜单有 {keys} 个键，建议最多 {most} 个：分成两级，或去掉少用的",
        "the menu has {keys} keys, better at most {most}: split it, or drop the rare ones",
    ),
    "long_menu": (
        "菜单要听 {took} 秒，建议最多 {most} 秒：缩短句子",
        "the menu takes {took} s to hear, better at most {most} s: say it shorter",
    ),
    "deep_menu": (
        "这是第 {deep} 层菜单，建议最多 {most} 层（{at}）：把它往上提",
        "this is menu number {deep} on the way, better at most {most} ({at}): lift it up",
    ),
    "late_choice": (
        "来电者要听 {took} 秒才能第一次选择，建议最多 {most} 秒：缩短欢迎语和告知",
        "a caller listens {took} s before the first choice, better at most {most} s: "
        "shorten the welcome and the notice",
    ),
    "plain_secret": (
        "{name} 是明文机密：写 env:变量名，或 file:var/secrets.json 里的名字",
        "{name} is a secret in plain text: write env:NAME, "
        "or file:NAME for a name in var/secrets.json",
    ),
    "flow_ring": (
        "子流程 {name} 又走回 {flow}：会一圈圈重复，请改用本流程里的节点",
        "the sub-flow {name} leads back into {flow}, round and round: lead to a node here instead",
    ),
    "no_year": (
        "还没有 {year} 年的节假日和调休：公布后升级，或写在 firm.yaml 的 holiday_overrides 里",
        "the public holidays of {year} are not known yet: upgrade when they are published, "
        "or write them under holiday_overrides in firm.yaml",
    ),
    "bad_option": ("选项不合适：{problem}", "an option does not fit: {problem}"),
    "never_set": (
        "「{name}」在这里一定是空的：没有哪条路先给它赋值",
        "{name} is always empty here: no way sets it before",
    ),
    "maybe_unset": (
        "「{name}」在这里可能是空的：经 {at} 过来时还没有赋值",
        "{name} may be empty here: the way by {at} does not set it",
    ),
    "label_without_key": (
        "labels 里的「{key}」在 keys 里没有",
        "labels has {key}, keys has not",
    ),
    "repeat_taken": ("按键「{key}」已有别的用处", "the key {key} is used otherwise already"),
    "bad_keys": (
        "看不懂按键「{part}」：用逗号隔开按键，wN 表示等待 N 秒，例如 1,w2,3",
        "cannot read the keys {part}: separate keys by commas, wN waits N seconds, as in 1,w2,3",
    ),
    "bad_beside": (
        "看不懂这个配置文件，请先运行 yingda check",
        "this configuration file does not make sense; run yingda check first",
    ),
    "bad_moment": (
        "应为日期和时刻，如 2026-02-14T10:00",
        "must be a date and time like 2026-02-14T10:00",
    ),
    "no_such_calendar": (
        "没有日历「{name}」，at 无从查起",
        "there is no calendar {name} to look at",
    ),
    "no_place": (
        "这里改不了，请在文本里修改",
        "cannot be changed here; change it in the text",
    ),
    "did_you_mean": ("，是不是「{name}」？", ", did you mean {name}?"),
}


def say(code: str, **words: object) -> str:
    """Say it in both languages.

    >>> say("not_number")
    '应为数字 · must be a number'
    """
    zh, en = TEXTS[code]
    near = words.pop("near_name", "")
    tail = TEXTS["did_you_mean"] if near else ("", "")
    return " · ".join(
        text.format(**{"near": end.format(name=near), **words})
        for text, end in zip((zh, en), tail, strict=True)
    )
