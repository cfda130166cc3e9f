// The words of the flow pages, Chinese. English has exactly the same keys.
export default {
  flow: {
    title: '热线流程', about: '来电者先听到什么、按键后去哪里。流程是文本，图由文本画出；发布后新来电走新流程，进行中的通话走完旧的。', back: '返回流程列表', readOnly: '只读：修改流程需要管理员',
    list: { name: '流程', used: '使用者', nodes: '节点', changed: '最近修改', faults: '检查', fine: '无错误', faultCount: '{n} 处错误', unused: '未使用', hotline: '热线 {n}', byFlow: '流程 {n}', survey: '通话后评价', open: '打开', before: '较早' },
    add: { go: '新建流程', title: '新建流程', name: '名称', nameHint: '小写字母、数字、- 和 _，以字母开头', shown: '说明（可不填）', from: '从哪里开始', blank: '最小流程：直接转人工', copy: '复制“{n}”', make: '新建并打开' },
    drop: '删除', dropAsk: '删除流程“{name}”？可以从版本里找回。', dropped: '已删除', unsaved: '未发布的修改', undo: '撤销', redo: '重做', publish: '发布', discard: '放弃修改', discardAsk: '放弃所有未发布的修改？', leaveAsk: '还有未发布的修改，离开将保留为草稿。继续？', draft: '已恢复上次未发布的修改',
    view: { label: '视图', graph: '图', list: '列表' }, side: { label: '侧栏', node: '节点', text: '文本', sim: '模拟', faults: '检查', versions: '版本' },
    graph: { label: '流程图，节点可用 Tab 选中、回车打开；列表视图内容相同', fit: '适合窗口', in: '放大', out: '缩小', turn: '换方向', map: '缩略图', today: '今天', visits: '今天 {n} 次', hangups: '{n} 次在此挂断', start: '起点', empty: '文本里还没有节点' },
    tree: { label: '流程节点，按走到的顺序', again: '见上', nowhere: '没有这个节点', unreached: '走不到的节点', ends: '结束' },
    kind: {
      play: '播放', menu: '按键菜单', hours: '服务时间', staffed: '有人签入吗', group: '转技能组', voicemail: '留言', survey: '评价', hang_up: '挂断', set: '赋值', collect: '收号', say: '播报', branch: '分支', http: '查询系统', language: '选语言', agent: '转座席', number: '转外线', callback: '预约回拨', flow: '子流程', return: '返回', straight: '是否直达',
    },
    edge: { open: '营业中', closed: '休息', yes: '有人', no: '没人', otherwise: '否则', saved: '已保存', empty: '没留言', hold: '排队', end: '结束', invalid: '按错', no_input: '不按键', found: '查到', missing: '没有', failed: '失败', again: '重输', out: '外线', return: '返回', other: '换号码', straight: '直达', done: '完成' },
    field: {
      prompts: '提示音', next: '然后', notice: '必须听完', keys: '按键', labels: '按键含义', repeat: '重听键', back: '返回上级键', barge_in: '可打断', tries: '最多几次', timeout_s: '等待（秒）', invalid: '按错时播', no_input: '不按时播', otherwise: '否则', calendar: '服务时间', open: '营业中', closed: '休息时', group: '技能组', yes: '有人', no: '没人', priority: '优先级', intent: '来意', needs: '技能要求', box: '留言箱', max_s: '最长（秒）', min_s: '最短（秒）', saved: '保存后播', empty: '没留言时播', outcome: '结局', name: '名称', value: '值', thanks: '评价后播',
      into: '存到', least: '最少位数', most: '最多位数', end: '结束键', star: '* 键代表', check: '校验', confirm: '读回确认', secret: '保密输入', first_s: '等首键（秒）', next_s: '键间隔（秒）', heard: '读回前播', confirm_prompts: '确认提示', parts: '播报内容', cases: '条件', method: '方法', url: '地址', headers: '请求头', body: '请求体', retries: '重试次数', take: '取值', found: '查到', missing: '没有', failed: '失败', agent: '座席', wait_s: '最多等（秒）', to: '转到', ring_s: '振铃（秒）', ask: '询问提示', flow: '子流程', if: '条件', prompt: '提示音', digits: '逐位念', number: '数字', amount: '金额', date: '日期', time: '时间', place: '第几位', code: '编号', phone: '电话号码', kind: '类型',
    },
    node: {
      none: '选一个节点看它的内容，或新加一个', add: '加节点', addTitle: '加一个节点', kind: '类型', name: '名称', nameHint: '小写字母、数字、- 和 _', make: '加上', rename: '改名', renameHint: '指向它的地方一起改', drop: '删除节点', dropAsk: '删除节点“{name}”？指向它的分支会成为错误，需要改到别处。', start: '设为起点', isStart: '这是起点', choose: '请选择', gone: '（不存在）', default: '默认 {v}', key: '键', add1: '加一项', remove: '移除', raw: '这一项请在文本里修改', unknown: '没有这种节点，请在文本里修改', show: '在文本里看', yes: '是', no: '否', prompt: '加提示音', fromEdges: '从哪里来', toEdges: '往哪里去', nowhere: '没有节点通向这里',
    },
    text: { label: '流程文本', line: '行 {n}', hint: '改动后自动检查' },
    faults: { none: '没有错误', errors: '错误', advice: '建议', at: '第 {n} 行', flow: '流程' },
    versions: { none: '还没有版本', now: '现行', compare: '比较', withDraft: '比较现行与我的修改', left: '左边', right: '右边', mine: '我的修改', version: '版本 {n}', back: '退回', backAsk: '把这个流程退回到版本 {n} 的文本？其他配置不变。', same: '两边相同', close: '收起', gone: '已删除', lines: '…{n} 行相同…' },
    release: { title: '发布流程', note: '说明', noteHint: '这次改了什么', go: '发布', done: '已发布，版本 {n}', hint: '发布后新来电走新流程；进行中的通话走完旧的。', faulty: '还有错误，不能发布', conflict: '发布期间有人改了同一个流程', theirs: '看看对方改了什么', over: '仍用我的覆盖', trial: '只想先试一部分来电？在“热线”里把它设为试行流程（按比例或测试号码）。' },
    sim: {
      title: '模拟来电', start: '重新开始', keys: '按键', press: '按 {k}', wait: '不按（超时）', hangup: '挂机', undo: '退一步', waiting: '等待按键', digits: '输入后按 {end}', world: '来电情况', at: '时间', atHint: '不填：营业中', open: '服务时间', byTime: '按时间', isOpen: '营业', isClosed: '休息', staffed: '有座席签入', number: '来电号码', province: '省份', city: '城市', vip: 'VIP 级别', calls: '24 小时内来电', tags: '标签（逗号分开）', language: '语言', message: '留言秒数', http: '“{n}”的回答', status: '状态码', body: '内容（JSON）', timeout: '不回答（超时）', badBody: '不是 JSON', over: '通话结束', verdict: { hold: '进入排队', hangup: '挂断', out: '转外线', none: '结束' }, outcome: '结局', faulty: '先改正错误，才能模拟', values: '变量', said: '来电者听到', outside: '外线接通', node: '节点', silent: '（没有声音）',
    },
  },
}
