"""The ways the door stays shut; all are `NotAllowed`, told apart by `code`."""

from domain.errors import NotAllowed
from office.texts import both


class WrongLogin(NotAllowed):
    """Login and password do not fit; never says which of them."""

    code = "wrong_login"

    def __init__(self) -> None:
        super().__init__(both("账号或密码不正确", "login or password is wrong"))


class TooManyTries(NotAllowed):
    """Somebody guesses: come back after `wait_s` seconds."""

    code = "too_many_tries"

    def __init__(self, wait_s: int) -> None:
        zh, en = f"尝试次数过多，请 {wait_s} 秒后再试", f"too many tries; wait {wait_s} s"
        super().__init__(both(zh, en))
        self.wait_s = wait_s


class SignedOut(NotAllowed):
    """There is no such session, or it ended."""

    code = "signed_out"

    def __init__(self) -> None:
        super().__init__(both("登录已失效，请重新登录", "the session ended; sign in again"))
