"""The sentences with which a call out is refused, in both languages."""

from lines.causes import Said

REFUSALS = {
    "switched_off": Said("外呼未开启", "Calls out are switched off"),
    "maintenance": Said("即将维护，暂停外呼", "Maintenance is near: nobody is called now"),
    "emergency": Said(
        "紧急电话不能从这里拨出，请用自己的手机拨打",
        "Emergency numbers cannot be called from here: use a phone of your own",
    ),
    "not_a_number": Said("这不是可以拨打的号码", "This is not a number that can be called"),
    "own_number": Said("这是我们自己的热线", "This is a hotline of our own"),
    "class_off": Said("国际及港澳台长途未开通", "International calls are not allowed"),
    "not_allowed": Said("这类号码不允许拨打", "Numbers of this kind may not be called"),
    "do_not_call": Said("该号码在免打扰名单上", "The number is on the do-not-call list"),
    "no_consent": Said("请写明外呼依据（客户同意）", "Say why we may call: the customer's consent"),
    "quiet_hours": Said("现在是免打扰时段", "Nobody is called at this time of day"),
    "too_often": Said("今天拨打该号码过于频繁", "This number was called too often or just now"),
    "agent_cap": Said("您今天的外呼次数已用完", "Your calls out for today are used up"),
    "total_cap": Said("全公司今天的外呼次数已用完", "The firm's calls out for today are used up"),
    "no_caller_id": Said(
        "该热线没有登记外显号码，不能外呼", "This hotline has no caller id for calls out"
    ),
    "caller_id_not_registered": Said(
        "该热线的外显号码没有在任何中继上登记",
        "The hotline's caller id is registered on no trunk",
    ),
    "no_route": Said("没有中继能拨打这个号码", "No trunk can carry this call"),
}
"""Every word of a refusal with its sentence, in the order of asking."""
