"""What the page of trust says, Chinese first, then English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """How one operating system is told, line by line, in both languages."""

    system: str
    zh: tuple[str, ...]
    en: tuple[str, ...]


STEPS = (
    Step(
        "Windows（Edge、Chrome、360）",
        (
            "双击下载的文件，点“安装证书”。",
            "选“本地计算机”，下一步选“将所有的证书都放入下列存储”→“受信任的根证书颁发机构”。",
            "完成后关闭浏览器的所有窗口，再打开。多台电脑可用组策略统一下发。",
        ),
        (
            "Open the downloaded file and choose Install Certificate.",
            "Choose Local Machine, then place it in Trusted Root Certification Authorities.",
            "Close every browser window and open it again. Many desks: use a group policy.",
        ),
    ),
    Step(
        "macOS（Safari、Chrome）",
        (
            "双击下载的文件，加入“系统”钥匙串。",
            "在“钥匙串访问”中双击它，展开“信任”，把“使用此证书时”改为“始终信任”。",
        ),
        (
            "Open the downloaded file and add it to the System keychain.",
            "Double-click it in Keychain Access, open Trust, choose Always Trust.",
        ),
    ),
    Step(
        "Android",
        (
            "设置 → 安全 → 更多安全设置 → 加密与凭据 → 安装证书 → CA 证书。",
            "选择下载的文件并确认。各品牌的菜单名称略有不同，可在设置里搜索“证书”。",
        ),
        (
            "Settings → Security → Encryption &amp; credentials → Install a certificate → CA.",
            "Choose the downloaded file. Menu names differ: search the settings for “certificate”.",
        ),
    ),
    Step(
        "iPhone、iPad（iOS）",
        (
            "用 Safari 下载，允许下载描述文件。",
            "设置 → 已下载描述文件 → 安装。",
            "设置 → 通用 → 关于本机 → 证书信任设置，打开这个证书的开关。这一步不能省。",
        ),
        (
            "Download with Safari and allow the profile.",
            "Settings → Profile Downloaded → Install.",
            "Settings → General → About → Certificate Trust Settings: turn it on. Do not skip it.",
        ),
    ),
    Step(
        "Linux",
        (
            "系统：<code>sudo cp yingda-ca.crt /usr/local/share/ca-certificates/ "
            "&amp;&amp; sudo update-ca-certificates</code>",
            "Chrome/Chromium 另有自己的库：<code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, "
            "-n yingda -i yingda-ca.crt</code>",
            "Firefox：设置 → 隐私与安全 → 查看证书 → 证书颁发机构 → 导入，"
            "勾选“信任此证书颁发机构来标识网站”。",
        ),
        (
            "The system: the first command above.",
            "Chrome and Chromium keep their own store: the second command above.",
            "Firefox: Settings → Privacy &amp; Security → View Certificates → Authorities → "
            "Import, and trust it to identify websites.",
        ),
    ),
)

_HEAD = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>信任本站 · 应答</title>
<style>
:root{{color-scheme:light}}
body{{font:16px/1.65 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
 color:#1d2b36;background:#f4f6f8;margin:0;padding:24px 16px}}
main{{max-width:44rem;margin:0 auto;background:#fff;border:1px solid #d9e0e6;border-radius:10px;
 padding:28px 32px}}
h1{{font-size:1.5rem;line-height:1.3;margin:0 0 4px}} h2{{font-size:1.05rem;margin:28px 0 8px}}
p{{margin:8px 0}} [lang=en]{{color:#5a6b78;font-size:.92em}} h1 small{{font-weight:400}}
.print{{font:15px/1.7 ui-monospace,Consolas,monospace;background:#eef3f6;padding:10px 14px;
 border-radius:6px;overflow-x:auto;white-space:nowrap;margin:8px 0}}
.get{{display:inline-block;background:#0f6570;color:#fff;text-decoration:none;padding:10px 18px;
 border-radius:8px;font-weight:600;margin:6px 0}}
.get:focus-visible,summary:focus-visible{{outline:3px solid #0f6570;outline-offset:2px}}
details{{border-top:1px solid #e4e9ed;padding:10px 0}} details:last-of-type{{border-bottom:1px solid
 #e4e9ed}} summary{{cursor:pointer;font-weight:600}} ol{{margin:8px 0;padding-left:1.4em}}
a{{color:#0f6570}} a.get{{color:#fff}}
@media(max-width:480px){{body{{padding:8px}} main{{padding:20px 16px}}}}
code{{font-size:.9em;background:#eef3f6;padding:1px 4px;border-radius:4px;overflow-wrap:anywhere}}
</style></head><body><main>"""

PAGE = (
    _HEAD
    + """
<h1>信任本站的证书 <small lang="en">Trust this site's certificate</small></h1>
<p>本系统用自建的证书颁发机构。浏览器只在信任它之后才放心给出麦克风，每台电脑装一次即可。</p>
<p lang="en">This installation has a certificate authority of its own. Install it once on every
computer: without trust a browser warns, and may keep the microphone to itself.</p>
<h2>第一步：核对指纹 <span lang="en">1. Compare the fingerprint</span></h2>
<p>第一次打开时浏览器会警告，这是正常的：点“高级”→“继续前往”来到本页。</p>
<p>请把下面的 SHA-256 指纹与管理员给您的逐组对比，<strong>不同就不要安装</strong>。
管理员在服务器上用 <code>yingda cert status</code> 查看。</p>
<p lang="en">On the first visit the browser warns; go on by “Advanced”. Compare the SHA-256
fingerprint with the one your administrator reads to you from <code>yingda cert status</code>.
If it differs, do not install it.</p>
<p class="print" data-test="fingerprint">{fingerprint}</p>
<p>{subject}，有效期至 <span lang="en">good until</span> {ends}</p>
<h2>第二步：下载 <span lang="en">2. Download</span></h2>
<p><a class="get" href="{file}" download>下载证书 · Download</a></p>
<h2>第三步：安装 <span lang="en">3. Install</span></h2>
{steps}
<h2>第四步：检查 <span lang="en">4. Check</span></h2>
<p>重新打开浏览器，<a href="/">进入系统</a>：地址栏不再警告就好了。
<span lang="en">Open the browser again, <a href="/">go to the desk</a>: no warning.</span></p>
</main></body></html>"""
)


def _empty(zh: str, en: str) -> str:
    body = f'<h1>信任本站 <small lang="en">Trust</small></h1><p>{zh}</p><p lang="en">{en}</p>'
    return _HEAD.format() + body + "</main></body></html>"


EMPTY = {
    "off": _empty(
        "本站没有加密（<code>web.tls = off</code>），没有证书可信任。其他电脑的浏览器"
        "因此不给麦克风：请用 <code>yingda run --lan</code> 启动，或设置 <code>web.tls</code>。",
        "These pages are not encrypted, so there is nothing to trust. Browsers elsewhere "
        "give no microphone: start with <code>yingda run --lan</code> or set <code>web.tls</code>.",
    ),
    "files": _empty(
        "本站用公司自己的证书，不需要在这里安装什么。浏览器仍然警告时，请联系管理员。",
        "These pages show the firm's own certificate: nothing is to be installed from here. If the "
        "browser warns, ask your administrator.",
    ),
    "local-ca": _empty(
        "证书还没有生成，请重新启动系统。",
        "The certificate is not made yet; start the system again.",
    ),
}
"""What is said when there is nothing to install, by `web.tls`."""
