<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>About Doorstep</source>
        <translation>关于 Doorstep</translation>
    </message>
    <message>
        <source>Version {version}. Runs language models on your own computer.</source>
        <translation>版本 {version}。在您自己的电脑上运行语言模型。</translation>
    </message>
    <message>
        <source>Doorstep is free software under the Apache License 2.0. It uses Qt under the GNU LGPL 3: you may replace the Qt libraries in its folder with your own.</source>
        <translation>Doorstep 是遵循 Apache License 2.0 的自由软件。它依据 GNU LGPL 3 使用 Qt：您可以用自己的 Qt 库替换其文件夹中的库。</translation>
    </message>
    <message>
        <source>Show licences</source>
        <translation>显示许可证</translation>
    </message>
    <message>
        <source>Libraries</source>
        <translation>程序库</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>许可证全文</translation>
    </message>
    <message>
        <source>Its package comes without the text.</source>
        <translation>该软件包未附许可证全文。</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Chat</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>View</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Go to anything</source>
        <translation>转到任何内容</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索聊天</translation>
    </message>
    <message>
        <source>Previous chat</source>
        <translation>上一个聊天</translation>
    </message>
    <message>
        <source>Next chat</source>
        <translation>下一个聊天</translation>
    </message>
    <message>
        <source>Rename chat</source>
        <translation>重命名聊天</translation>
    </message>
    <message>
        <source>Pin or unpin chat</source>
        <translation>置顶或取消置顶聊天</translation>
    </message>
    <message>
        <source>New folder with chat</source>
        <translation>用聊天新建文件夹</translation>
    </message>
    <message>
        <source>Archive or unarchive chat</source>
        <translation>归档或取消归档聊天</translation>
    </message>
    <message>
        <source>Move chat to trash</source>
        <translation>将聊天移到回收站</translation>
    </message>
    <message>
        <source>Show archive</source>
        <translation>显示归档</translation>
    </message>
    <message>
        <source>Show trash</source>
        <translation>显示回收站</translation>
    </message>
    <message>
        <source>Find in chat</source>
        <translation>在聊天中查找</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Edit last message</source>
        <translation>编辑上一条消息</translation>
    </message>
    <message>
        <source>Edit last answer</source>
        <translation>编辑最后一个回答</translation>
    </message>
    <message>
        <source>Copy last answer</source>
        <translation>复制上一个回答</translation>
    </message>
    <message>
        <source>Copy last code</source>
        <translation>复制上一段代码</translation>
    </message>
    <message>
        <source>Quote selection</source>
        <translation>引用所选内容</translation>
    </message>
    <message>
        <source>Stop answering</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Show or hide sidebar</source>
        <translation>显示或隐藏侧边栏</translation>
    </message>
    <message>
        <source>Go to the message field</source>
        <translation>转到消息框</translation>
    </message>
    <message>
        <source>Jump to latest</source>
        <translation>跳到最新</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Text at its usual size</source>
        <translation>恢复文字大小</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Restart engine</source>
        <translation>重新启动引擎</translation>
    </message>
    <message>
        <source>Switch endpoint on or off</source>
        <translation>打开或关闭端点</translation>
    </message>
    <message>
        <source>Quick question</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Close window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Quit Doorstep</source>
        <translation>退出 Doorstep</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Appearance: {choice}</source>
        <translation>外观：{choice}</translation>
    </message>
</context>
<context>
    <name>AttachmentControl</name>
    <message>
        <source>Attach documents</source>
        <translation>附加文档</translation>
    </message>
    <message>
        <source>Pasted text {time}</source>
        <translation>粘贴的文字 {time}</translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading page {done} of {total}</source>
        <translation>正在读取第 {done} 页，共 {total} 页</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>Wait until the answer is finished, then send</source>
        <translation>请等回答完成后再发送</translation>
    </message>
    <message>
        <source>Reading the documents</source>
        <translation>正在阅读文档</translation>
    </message>
</context>
<context>
    <name>AttachmentStrip</name>
    <message>
        <source>Attached documents</source>
        <translation>已附加的文档</translation>
    </message>
    <message>
        <source>Take {name} away</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>No action</source>
        <translation>无操作</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
</context>
<context>
    <name>Citations</name>
    <message>
        <source>{name} ({pages})</source>
        <translation>{name}（{pages}）</translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>About {documents}</source>
        <translation>关于 {documents}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{number} · p. {page}</source>
        <translation>{number} · 第 {page} 页</translation>
    </message>
    <message>
        <source>[{number}] differs a little from the document. {reason}</source>
        <translation>[{number}] 与文档略有出入。{reason}</translation>
    </message>
    <message>
        <source>[{number}] unverified. {reason}</source>
        <translation>[{number}] 未核实。{reason}</translation>
    </message>
    <message numerus="yes">
        <source>{count} of %n quote(s) verified.</source>
        <translation>
            <numerusform>%n 处引文中有 {count} 处已核实。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n passage(s)</source>
        <translation>
            <numerusform>%n 个段落</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>of %n document(s)</source>
        <translation>
            <numerusform>来自 %n 份文档</numerusform>
        </translation>
    </message>
    <message>
        <source>{passages} {documents}.</source>
        <translation>{passages}，{documents}。</translation>
    </message>
    <message numerus="yes">
        <source>Read {count} of %n page(s), in passes.</source>
        <translation>
            <numerusform>已分批阅读 {count} 页，共 %n 页。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Read {count} of %n page(s).</source>
        <translation>
            <numerusform>已阅读 {count} 页，共 %n 页。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClipboardControl</name>
    <message>
        <source>The answer is on the clipboard</source>
        <translation>回答已复制到剪贴板</translation>
    </message>
    <message>
        <source>The code is on the clipboard</source>
        <translation>代码已复制到剪贴板</translation>
    </message>
    <message>
        <source>There is nothing to copy yet</source>
        <translation>还没有可复制的内容</translation>
    </message>
</context>
<context>
    <name>CollectionPicker</name>
    <message>
        <source>Collection</source>
        <translation>集合</translation>
    </message>
    <message>
        <source>Rename or delete this collection</source>
        <translation>重命名或删除此集合</translation>
    </message>
    <message>
        <source>All documents</source>
        <translation>所有文档</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Delete collection</source>
        <translation>删除集合</translation>
    </message>
</context>
<context>
    <name>CollectionsControl</name>
    <message>
        <source>Put into a collection</source>
        <translation>放入集合</translation>
    </message>
    <message>
        <source>Put</source>
        <translation>放入</translation>
    </message>
    <message>
        <source>Rename collection</source>
        <translation>重命名集合</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Name of the collection</source>
        <translation>集合名称</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Put into “{name}”</source>
        <translation>已放入“{name}”</translation>
    </message>
    <message numerus="yes">
        <source>%n document(s) taken out of “{name}”</source>
        <translation>
            <numerusform>已从“{name}”移出 %n 份文档</numerusform>
        </translation>
    </message>
    <message>
        <source>There is already a collection called “{name}”</source>
        <translation>已有名为“{name}”的集合</translation>
    </message>
    <message>
        <source>“{former}” is now called “{name}”</source>
        <translation>“{former}”现已改名为“{name}”</translation>
    </message>
    <message>
        <source>“{name}” is deleted; its documents stay</source>
        <translation>已删除“{name}”，其中的文档仍保留</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{cached} of {total}</source>
        <translation>{cached} / {total}</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>tok/s</source>
        <translation>词元/秒</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>Characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>Cached</source>
        <translation>已缓存</translation>
    </message>
    <message>
        <source>Drafts accepted</source>
        <translation>已接受的草稿</translation>
    </message>
    <message>
        <source>The same, MTP adaptive</source>
        <translation>同一模型，MTP 自适应</translation>
    </message>
    <message>
        <source>The same, MTP always</source>
        <translation>同一模型，始终使用 MTP</translation>
    </message>
    <message>
        <source>The same, no MTP</source>
        <translation>同一模型，不用 MTP</translation>
    </message>
    <message>
        <source>{name} is opened too: it needs {need}, {free} are free now.</source>
        <translation>还会打开 {name}：需要 {need}，现有 {free} 可用。</translation>
    </message>
    <message>
        <source>There is not enough memory for a second model</source>
        <translation>内存不足以再打开一个模型</translation>
    </message>
    <message>
        <source>It needs {need}, {free} are free now. Choose a smaller one.</source>
        <translation>需要 {need}，现有 {free} 可用。请选择较小的模型。</translation>
    </message>
</context>
<context>
    <name>CompareColumn</name>
    <message>
        <source>Remove this column</source>
        <translation>移除此列</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Go on with this answer</source>
        <translation>用此回答继续</translation>
    </message>
    <message>
        <source>Makes a chat of the question and this answer</source>
        <translation>将问题和此回答变成一个聊天</translation>
    </message>
    <message>
        <source>Preset of {name}</source>
        <translation>{name}的预设</translation>
    </message>
    <message>
        <source>Model of {name}</source>
        <translation>{name}的模型</translation>
    </message>
    <message>
        <source>Temperature of {name}</source>
        <translation>{name}的温度</translation>
    </message>
    <message>
        <source>Top-p of {name}</source>
        <translation>{name}的 Top-p</translation>
    </message>
    <message>
        <source>Answer of {name}</source>
        <translation>{name}的回答</translation>
    </message>
    <message>
        <source>Go on with the answer of {name}</source>
        <translation>用{name}的回答继续</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除{name}</translation>
    </message>
</context>
<context>
    <name>CompareControl</name>
    <message>
        <source>Side by side</source>
        <translation>并排比较</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>The loaded model</source>
        <translation>已加载的模型</translation>
    </message>
    <message>
        <source>Column {letter}</source>
        <translation>{letter} 列</translation>
    </message>
    <message>
        <source>All columns are answered at the same time and share this computer.</source>
        <translation>所有列同时回答，共用这台电脑。</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>At the length limit</source>
        <translation>达到长度上限</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在书写</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>All answers are the same.</source>
        <translation>所有回答都相同。</translation>
    </message>
    <message>
        <source>The answers first differ at character {at}.</source>
        <translation>回答从第 {at} 个字符开始不同。</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Prompt for all columns</source>
        <translation>所有列的提示</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Add a column</source>
        <translation>添加一列</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Speed and length of the answers</source>
        <translation>回答的速度和长度</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排比较</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>写一条消息</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Attach documents</source>
        <translation>附加文档</translation>
    </message>
    <message>
        <source>Write the next message: it waits for its turn</source>
        <translation>写下一条消息：它会排队等候</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>停止（Esc）</translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation>发送（Enter）</translation>
    </message>
</context>
<context>
    <name>ComposerControl</name>
    <message>
        <source>summary</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>translate</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>proofread</source>
        <translation>校对</translation>
    </message>
    <message>
        <source>explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Summarise this in {gap} sentences:

</source>
        <translation>用{gap}句话概括以下内容：

</translation>
    </message>
    <message>
        <source>number</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Translate into {gap}:

</source>
        <translation>翻译成{gap}：

</translation>
    </message>
    <message>
        <source>language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Correct spelling and grammar, change nothing else:

</source>
        <translation>只改正错别字和语法，其余不变：

</translation>
    </message>
    <message>
        <source>Explain {gap} in plain words, with an example.</source>
        <translation>用通俗的话解释{gap}，并举一个例子。</translation>
    </message>
    <message>
        <source>topic</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>This preset is made for {model}</source>
        <translation>此预设是为 {model} 设定的</translation>
    </message>
    <message>
        <source>{model} is loaded and answers by it.</source>
        <translation>当前加载的是 {model}，将按此预设回答。</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ConnectCard</name>
    <message>
        <source>Connect a coding agent</source>
        <translation>连接编程助手</translation>
    </message>
    <message>
        <source>The change</source>
        <translation>更改内容</translation>
    </message>
    <message>
        <source>Make this change</source>
        <translation>进行此更改</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Connect {client}</source>
        <translation>连接 {client}</translation>
    </message>
    <message>
        <source>Switch the endpoint on first.</source>
        <translation>请先打开端点。</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>请先加载模型。</translation>
    </message>
    <message>
        <source>Writes the address, the key and the model into its settings, with a backup.</source>
        <translation>将地址、密钥和模型写入其设置，并先备份。</translation>
    </message>
</context>
<context>
    <name>ConnectControl</name>
    <message>
        <source>{client} is set up by hand.</source>
        <translation>{client} 需要手动设置。</translation>
    </message>
    <message>
        <source>{client} is connected already.</source>
        <translation>{client} 已经连接。</translation>
    </message>
    <message>
        <source>This would change in {path}. The file is backed up first.</source>
        <translation>将在 {path} 中作如下更改。会先备份该文件。</translation>
    </message>
    <message>
        <source>{client} is connected. The old settings are in {path}.</source>
        <translation>{client} 已连接。旧设置保存在 {path}。</translation>
    </message>
    <message>
        <source>{client} is connected.</source>
        <translation>{client} 已连接。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ContextMeter</name>
    <message>
        <source>Too long: {tokens} of {limit} tokens</source>
        <translation>过长：{tokens} / {limit} 词元</translation>
    </message>
    <message>
        <source>Shorten the message, or open the model with a longer context.</source>
        <translation>请缩短消息，或以更长的上下文打开模型。</translation>
    </message>
    <message>
        <source>Oldest messages left out: {count}</source>
        <translation>省略最早的消息：{count} 条</translation>
    </message>
    <message>
        <source>The prompt takes {tokens} of {limit} tokens. The oldest messages no longer fit; they stay in the chat.</source>
        <translation>提示占用 {tokens} / {limit} 词元。最早的消息已放不下，但仍保留在聊天中。</translation>
    </message>
    <message>
        <source>{tokens} of {limit} tokens</source>
        <translation>{tokens} / {limit} 词元</translation>
    </message>
    <message>
        <source>What the next message takes of the model's context</source>
        <translation>下一条消息占用的模型上下文</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
</context>
<context>
    <name>ConversationControl</name>
    <message>
        <source>{count} queued messages were cleared</source>
        <translation>已清除 {count} 条排队的消息</translation>
    </message>
    <message>
        <source>The queued message was cleared</source>
        <translation>已清除排队的消息</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在回答</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>New name of the chat</source>
        <translation>聊天的新名称</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Chats</source>
        <translation>聊天</translation>
    </message>
</context>
<context>
    <name>ConversationModel</name>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
</context>
<context>
    <name>ConversationPage</name>
    <message>
        <source>Jump to latest</source>
        <translation>跳到最新</translation>
    </message>
    <message>
        <source>Quote</source>
        <translation>引用</translation>
    </message>
    <message>
        <source>Quote the selection in your message</source>
        <translation>在消息中引用所选内容</translation>
    </message>
    <message>
        <source>Show sidebar</source>
        <translation>显示侧边栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Drop to ask about it</source>
        <translation>松开以就此提问</translation>
    </message>
</context>
<context>
    <name>CoverageDialog</name>
    <message>
        <source>This is too long to read at once</source>
        <translation>内容太长，无法一次读完</translation>
    </message>
    <message>
        <source>It needs {tokens} tokens, and the model has room for {room}. Choose how it is read.</source>
        <translation>需要 {tokens} 词元，而模型只有 {room} 的空间。请选择阅读方式。</translation>
    </message>
    <message>
        <source>Pages, such as 1-12, 40</source>
        <translation>页码，例如 1-12, 40</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message numerus="yes">
        <source>Read everything, in %n pass(es)</source>
        <translation>
            <numerusform>全部阅读，分 %n 批</numerusform>
        </translation>
    </message>
    <message>
        <source>Search, and read the passages that fit the question</source>
        <translation>搜索，并阅读与问题相符的段落</translation>
    </message>
    <message>
        <source>Read chosen pages</source>
        <translation>阅读所选页面</translation>
    </message>
    <message numerus="yes">
        <source>All %n page(s).</source>
        <translation>
            <numerusform>全部 %n 页。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>阅读</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Ask anything. It stays on this computer.</source>
        <translation>想问什么都行，内容只留在这台电脑上。</translation>
    </message>
    <message>
        <source>Explain something</source>
        <translation>解释概念</translation>
    </message>
    <message>
        <source>Explain in plain words: </source>
        <translation>用通俗的话解释：</translation>
    </message>
    <message>
        <source>Write a reply</source>
        <translation>写一封回复</translation>
    </message>
    <message>
        <source>Write a short, friendly reply to this message:
</source>
        <translation>为这条消息写一个简短友好的回复：
</translation>
    </message>
    <message>
        <source>Find a mistake</source>
        <translation>查找错误</translation>
    </message>
    <message>
        <source>Find the mistake in this:
</source>
        <translation>找出以下内容中的错误：
</translation>
    </message>
</context>
<context>
    <name>EndpointChip</name>
    <message>
        <source>Endpoint address and key</source>
        <translation>端点地址和密钥</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Copy key</source>
        <translation>复制密钥</translation>
    </message>
</context>
<context>
    <name>EndpointPageControl</name>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>DOORSTEP_API_KEY is set: only that key opens the endpoint now.</source>
        <translation>已设置 DOORSTEP_API_KEY：现在只有该密钥能使用端点。</translation>
    </message>
    <message>
        <source>Revoke the key “{name}”?</source>
        <translation>要吊销密钥“{name}”吗？</translation>
    </message>
    <message>
        <source>Programs that use it are refused from their next request on.</source>
        <translation>使用它的程序从下一个请求起将被拒绝。</translation>
    </message>
    <message>
        <source>Revoke key</source>
        <translation>吊销密钥</translation>
    </message>
    <message>
        <source>The key opens nothing any more</source>
        <translation>该密钥已失效</translation>
    </message>
</context>
<context>
    <name>EndpointSwitch</name>
    <message>
        <source>Address copied</source>
        <translation>地址已复制</translation>
    </message>
    <message>
        <source>Key copied</source>
        <translation>密钥已复制</translation>
    </message>
</context>
<context>
    <name>EngineControl</name>
    <message>
        <source>It is being started again.</source>
        <translation>正在重新启动。</translation>
    </message>
</context>
<context>
    <name>EntryModel</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>There is no collection called {0}</source>
        <translation>没有名为 {0} 的集合</translation>
    </message>
    <message>
        <source>See `doorstep documents list`, or make it: doorstep documents add PATH --collection NAME.</source>
        <translation>请查看 `doorstep documents list`，或创建它：doorstep documents add PATH --collection NAME。</translation>
    </message>
    <message>
        <source>It is too large to be a chat template.</source>
        <translation>它过大，不可能是聊天模板。</translation>
    </message>
    <message>
        <source>It says: {0}.</source>
        <translation>它报告：{0}。</translation>
    </message>
    <message>
        <source>It calls itself without end.</source>
        <translation>它无限调用自身。</translation>
    </message>
    <message>
        <source>It needs too much memory.</source>
        <translation>它需要的内存过多。</translation>
    </message>
    <message>
        <source>It made a mistake ({0}).</source>
        <translation>它出错了（{0}）。</translation>
    </message>
    <message>
        <source>Line {0}: {1}.</source>
        <translation>第 {0} 行：{1}。</translation>
    </message>
    <message>
        <source>It is nested too deep.</source>
        <translation>嵌套过深。</translation>
    </message>
    <message>
        <source>It cannot be read ({0}).</source>
        <translation>无法读取（{0}）。</translation>
    </message>
    <message>
        <source>The client's settings have changed meanwhile</source>
        <translation>客户端的设置在此期间已改变</translation>
    </message>
    <message>
        <source>{0} is not as it was shown, so it is left alone. Look at the change again.</source>
        <translation>{0} 已与显示时不同，因此未作改动。请重新查看更改。</translation>
    </message>
    <message>
        <source>The client's own settings cannot be read</source>
        <translation>无法读取客户端自己的设置</translation>
    </message>
    <message>
        <source>{0} cannot be opened as text, so it is left alone. Use --print and add what it says by hand.</source>
        <translation>{0} 无法作为文本打开，因此未作改动。请使用 --print 并手动添加其内容。</translation>
    </message>
    <message>
        <source>The client's settings cannot be written</source>
        <translation>无法写入客户端的设置</translation>
    </message>
    <message>
        <source>The system says of {0}: {1}. Nothing was changed in it.</source>
        <translation>系统对 {0} 的报告：{1}。其中没有任何改动。</translation>
    </message>
    <message>
        <source>The file is not plain {0}, so it is left alone. Use --print and add what it says by hand.</source>
        <translation>该文件不是普通的 {0}，因此未作改动。请使用 --print 并手动添加其内容。</translation>
    </message>
    <message>
        <source>In its settings choose the provider OpenAI Compatible, and enter this.</source>
        <translation>请在其设置中选择提供商 OpenAI Compatible，然后填写以下内容。</translation>
    </message>
    <message>
        <source>Enter the first lines in a terminal. The last goes into ~/.aider.model.metadata.json, so that it knows how much the model can read.</source>
        <translation>请在终端中输入前几行；最后一行写入 ~/.aider.model.metadata.json，让它知道模型能读取多少内容。</translation>
    </message>
    <message>
        <source>Enter this in ~/.continue/config.yaml, under models.</source>
        <translation>请将以下内容写入 ~/.continue/config.yaml 的 models 下。</translation>
    </message>
    <message>
        <source>Reading it was ended by the system, which usually means that memory ran out.</source>
        <translation>读取被系统终止，这通常意味着内存耗尽。</translation>
    </message>
    <message>
        <source>Reading it crashed ({0}).</source>
        <translation>读取时崩溃（{0}）。</translation>
    </message>
    <message>
        <source>Reading it ended unexpectedly (code {0}).</source>
        <translation>读取意外结束（代码 {0}）。</translation>
    </message>
    <message>
        <source>There is no such file any more.</source>
        <translation>该文件已不存在。</translation>
    </message>
    <message>
        <source>It could not be opened for reading ({0}).</source>
        <translation>无法打开读取（{0}）。</translation>
    </message>
    <message>
        <source>It is damaged, or of a kind that Doorstep does not know.</source>
        <translation>它已损坏，或属于 Doorstep 不认识的类型。</translation>
    </message>
    <message>
        <source>It holds more text than Doorstep takes from one file.</source>
        <translation>其文字超过 Doorstep 从单个文件读取的上限。</translation>
    </message>
    <message>
        <source>Doorstep reads at most {0} pages of a file.</source>
        <translation>Doorstep 最多读取一个文件的 {0} 页。</translation>
    </message>
    <message>
        <source>The first {0} pages were read.</source>
        <translation>已读取前 {0} 页。</translation>
    </message>
    <message>
        <source>The first {0} pages of {1} were read.</source>
        <translation>已读取前 {0} 页，共 {1} 页。</translation>
    </message>
    <message>
        <source>{0} could not be read.</source>
        <translation>{0}无法读取。</translation>
    </message>
    <message>
        <source>{0} was read by OCR.</source>
        <translation>{0}由 OCR 识别。</translation>
    </message>
    <message>
        <source>{0} were read by OCR.</source>
        <translation>{0}由 OCR 识别。</translation>
    </message>
    <message>
        <source>It is no ordinary file, so it was not opened.</source>
        <translation>它不是普通文件，因此没有打开。</translation>
    </message>
    <message>
        <source>It is a folder. Add the files in it.</source>
        <translation>它是文件夹。请添加其中的文件。</translation>
    </message>
    <message>
        <source>You may not read it. Change its permissions.</source>
        <translation>您没有读取它的权限。请更改其权限。</translation>
    </message>
    <message>
        <source>Reading it takes more memory than Doorstep gives to one file.</source>
        <translation>读取它所需的内存超过 Doorstep 给单个文件的上限。</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>它是空的。</translation>
    </message>
    <message>
        <source>Its name promises {0}; it is {1}.</source>
        <translation>从名称看它应是“{0}”，实际是“{1}”。</translation>
    </message>
    <message>
        <source>It confused Doorstep.</source>
        <translation>Doorstep 无法处理它。</translation>
    </message>
    <message>
        <source>Page {0} is damaged and cannot be shown.</source>
        <translation>第 {0} 页已损坏，无法显示。</translation>
    </message>
    <message>
        <source>It takes too long to open this page.</source>
        <translation>打开此页耗时过长。</translation>
    </message>
    <message>
        <source>It has been closed.</source>
        <translation>它已关闭。</translation>
    </message>
    <message>
        <source>Showing it failed several times. Open it again later.</source>
        <translation>多次显示失败。请稍后再打开。</translation>
    </message>
    <message>
        <source>It could not be opened ({0}).</source>
        <translation>无法打开它（{0}）。</translation>
    </message>
    <message>
        <source>The passage like it begins or ends inside a word.</source>
        <translation>与之相似的段落在一个词的中间开始或结束。</translation>
    </message>
    <message>
        <source>The quote leaves words out between two places: {0} and {1}.</source>
        <translation>引文略去了两处之间的文字：{0}和{1}。</translation>
    </message>
    <message>
        <source>The quote is joined from two places: {0} and {1}.</source>
        <translation>引文由两处拼接而成：{0}和{1}。</translation>
    </message>
    <message>
        <source>The document says “{0}” right before these words.</source>
        <translation>文档中紧接在这些文字之前的是“{0}”。</translation>
    </message>
    <message>
        <source>These words are in {0}, {1}, not in {2}.</source>
        <translation>这些文字在 {0} 的{1}，而不在 {2} 中。</translation>
    </message>
    <message>
        <source>There is no document {0}; these words are in {1}, {2}.</source>
        <translation>没有文档 {0}；这些文字在 {1} 的{2}。</translation>
    </message>
    <message>
        <source>These words are on {0}, not on page {1}.</source>
        <translation>这些文字在{0}，而不在第 {1} 页。</translation>
    </message>
    <message>
        <source>The quote is too short to prove.</source>
        <translation>引文太短，无法核实。</translation>
    </message>
    <message>
        <source>These words are not in the documents.</source>
        <translation>文档中没有这些文字。</translation>
    </message>
    <message>
        <source>These words are not in the pages of {0} that were looked at.</source>
        <translation>在 {0} 中查看过的页面里没有这些文字。</translation>
    </message>
    <message>
        <source>These words are not in {0}.</source>
        <translation>{0} 中没有这些文字。</translation>
    </message>
    <message>
        <source>These words stand in {0} places, and the answer does not say which.</source>
        <translation>这些文字出现在 {0} 处，回答没有说明是哪一处。</translation>
    </message>
    <message>
        <source>These words stand in {0} places ({1}), and the answer does not say which.</source>
        <translation>这些文字出现在 {0} 处（{1}），回答没有说明是哪一处。</translation>
    </message>
    <message>
        <source>Too much of the punctuation differs.</source>
        <translation>标点差异过多。</translation>
    </message>
    <message>
        <source>Only punctuation, spaces or capital letters differ.</source>
        <translation>只有标点、空格或大小写不同。</translation>
    </message>
    <message>
        <source>Only spaces differ.</source>
        <translation>只有空格不同。</translation>
    </message>
    <message>
        <source>The quote leaves out “{0}”, which the document says.</source>
        <translation>引文漏掉了文档中的“{0}”。</translation>
    </message>
    <message>
        <source>The quote says “{0}”, which the document does not say there.</source>
        <translation>引文中的“{0}”在文档的该处并不存在。</translation>
    </message>
    <message>
        <source>The punctuation differs.</source>
        <translation>标点不同。</translation>
    </message>
    <message>
        <source>The document says “{0}” where the quote says “{1}”.</source>
        <translation>文档中是“{0}”，引文中是“{1}”。</translation>
    </message>
    <message>
        <source>It holds no text, or is of a kind that Doorstep does not know.</source>
        <translation>它不含文字，或属于 Doorstep 不认识的类型。</translation>
    </message>
    <message>
        <source>The file does not say how its text is encoded; it was read as {0}.</source>
        <translation>文件没有说明文字编码，已按{0}读取。</translation>
    </message>
    <message>
        <source>It is locked by its seller (DRM), so only their own program opens it.</source>
        <translation>它被销售方锁定（DRM），只有其专用程序才能打开。</translation>
    </message>
    <message>
        <source>It tries to draw in other files or to expand without end, so it was not opened.</source>
        <translation>它试图引入其他文件或无限展开，因此没有打开。</translation>
    </message>
    <message>
        <source>1 page is damaged and could not be read.</source>
        <translation>有 1 页已损坏，无法读取。</translation>
    </message>
    <message>
        <source>{0} pages are damaged and could not be read.</source>
        <translation>有 {0} 页已损坏，无法读取。</translation>
    </message>
    <message>
        <source>Pages without text could not be read by OCR ({0}).</source>
        <translation>没有文字的页面无法由 OCR 识别（{0}）。</translation>
    </message>
    <message>
        <source>It has more pixels than Doorstep takes from one picture. Save it smaller.</source>
        <translation>其像素数超过 Doorstep 从单张图片读取的上限。请缩小后保存。</translation>
    </message>
    <message>
        <source>It is of an old Office format. Open it in its own program, save it as .docx, .xlsx or .pptx, and add that.</source>
        <translation>它是旧的 Office 格式。请在原程序中打开，另存为 .docx、.xlsx 或 .pptx 后再添加。</translation>
    </message>
    <message>
        <source>It is protected by a password. Save a copy without one, and add that.</source>
        <translation>它有密码保护。请另存一份不带密码的副本再添加。</translation>
    </message>
    <message>
        <source>It holds no text.</source>
        <translation>它不含文字。</translation>
    </message>
    <message>
        <source>It is damaged, or not what its name says. Open it in its own program and save it anew.</source>
        <translation>它已损坏，或与其名称不符。请在其程序中打开并重新保存。</translation>
    </message>
    <message>
        <source>It unpacks to far more than Doorstep takes from one file, so it was not opened.</source>
        <translation>它解压后远超 Doorstep 从单个文件读取的上限，因此没有打开。</translation>
    </message>
    <message>
        <source>It is not a file.</source>
        <translation>它不是文件。</translation>
    </message>
    <message>
        <source>A link leads out of the watched folder.</source>
        <translation>有链接指向监视文件夹之外。</translation>
    </message>
    <message>
        <source>Reading it takes too long.</source>
        <translation>读取它耗时过长。</translation>
    </message>
    <message>
        <source>{0} is not available here: its driver ended a trial run. Doorstep goes on without it. After a new driver, run: doorstep models devices --try-again.</source>
        <translation>{0} 在此不可用：其驱动程序使试运行中断。Doorstep 将不使用它继续运行。更新驱动后请运行：doorstep models devices --try-again。</translation>
    </message>
    <message>
        <source>It cannot be started: {0}.</source>
        <translation>无法启动：{0}。</translation>
    </message>
    <message>
        <source>The required form is not usable: {0}</source>
        <translation>所要求的格式无法使用：{0}</translation>
    </message>
    <message>
        <source>Drafting is switched off.</source>
        <translation>起草已关闭。</translation>
    </message>
    <message>
        <source>The answer ended before drafting could be measured.</source>
        <translation>回答在测出起草效果之前就结束了。</translation>
    </message>
    <message>
        <source>Measured here, drafting would write at {0} of the speed.</source>
        <translation>在此实测，起草只能达到 {0} 的速度。</translation>
    </message>
    <message>
        <source>Measured here, drafting would not be clearly faster.</source>
        <translation>在此实测，起草不会明显更快。</translation>
    </message>
    <message>
        <source>This request cannot be run</source>
        <translation>无法执行此请求</translation>
    </message>
    <message>
        <source>The conversation is too long for this model</source>
        <translation>对话对此模型来说过长</translation>
    </message>
    <message>
        <source>It has {0} tokens and the model reads at most {1}. Start a new chat, shorten the last message, or choose a model with a longer context.</source>
        <translation>对话有 {0} 词元，而模型最多读取 {1}。请开始新聊天、缩短上一条消息，或选择上下文更长的模型。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly</source>
        <translation>引擎意外停止</translation>
    </message>
    <message>
        <source>{0} What was written so far is kept. Try again, or choose a smaller model or context if it happens repeatedly.</source>
        <translation>{0}已写的内容已保留。请重试；如果反复发生，请选择较小的模型或较短的上下文。</translation>
    </message>
    <message>
        <source>The engine is not running</source>
        <translation>引擎未运行</translation>
    </message>
    <message>
        <source>Restart it, then try again.</source>
        <translation>请重新启动后再试。</translation>
    </message>
    <message>
        <source>The {0} engine is not installed here</source>
        <translation>这里未安装 {0} 引擎</translation>
    </message>
    <message>
        <source>Install Doorstep again with all its parts, or choose another engine with --engine.</source>
        <translation>请重新完整安装 Doorstep，或用 --engine 选择其他引擎。</translation>
    </message>
    <message>
        <source>This file is not a usable model</source>
        <translation>此文件不是可用的模型</translation>
    </message>
    <message>
        <source>{0}: {1} Download the model again, or choose another file.</source>
        <translation>{0}：{1}请重新下载模型，或选择其他文件。</translation>
    </message>
    <message>
        <source>This model cannot be run here</source>
        <translation>无法在这里运行此模型</translation>
    </message>
    <message>
        <source>{0}: {1} Choose another model, or a newer version of Doorstep.</source>
        <translation>{0}：{1}请选择其他模型，或更新版本的 Doorstep。</translation>
    </message>
    <message>
        <source>{0} makes no embeddings</source>
        <translation>{0} 不能生成嵌入</translation>
    </message>
    <message>
        <source>It writes text. Load an embedding model, such as a GGUF of Qwen3-Embedding, for this.</source>
        <translation>它用于书写文字。请为此加载嵌入模型，例如 Qwen3-Embedding 的 GGUF 文件。</translation>
    </message>
    <message>
        <source>The model is still being loaded</source>
        <translation>模型仍在加载</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>请稍后再试。</translation>
    </message>
    <message>
        <source>The engine keeps stopping</source>
        <translation>引擎反复停止</translation>
    </message>
    <message>
        <source>It stopped more than {0} times within a minute, so Doorstep waits. {1}</source>
        <translation>它在一分钟内停止了 {0} 次以上，因此 Doorstep 暂停启动。{1}</translation>
    </message>
    <message>
        <source>{0} writes no text</source>
        <translation>{0} 不能书写文字</translation>
    </message>
    <message>
        <source>It is an embedding model: it turns texts into numbers for search. Load a chat model.</source>
        <translation>它是嵌入模型：将文字转换为用于搜索的数字。请加载聊天模型。</translation>
    </message>
    <message>
        <source>A text is too long for this embedding model</source>
        <translation>文字对此嵌入模型来说过长</translation>
    </message>
    <message>
        <source>It has {0} tokens, and the model takes {1}. Cut it into shorter passages.</source>
        <translation>它有 {0} 词元，而模型接受 {1}。请切成较短的段落。</translation>
    </message>
    <message>
        <source>Not enough memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>{0} Close other programs, or choose a smaller model or a shorter context.</source>
        <translation>{0}请关闭其他程序，或选择较小的模型或较短的上下文。</translation>
    </message>
    <message>
        <source>The fast path of the engine does not work on this computer, so Doorstep uses the safe one. Answers are the same, a little slower.</source>
        <translation>引擎的快速路径在这台电脑上不可用，因此 Doorstep 改用安全路径。回答不变，只是略慢。</translation>
    </message>
    <message>
        <source>The system ended it (signal 9), which usually means that memory ran out.</source>
        <translation>系统终止了它（信号 9），这通常意味着内存耗尽。</translation>
    </message>
    <message>
        <source>It used an instruction that this processor does not have (signal 4).</source>
        <translation>它使用了此处理器没有的指令（信号 4）。</translation>
    </message>
    <message>
        <source>It crashed ({0}){1}.</source>
        <translation>它崩溃了（{0}）{1}。</translation>
    </message>
    <message>
        <source>It ended with code {0}{1}.</source>
        <translation>它以代码 {0} 结束{1}。</translation>
    </message>
    <message>
        <source>The engine did not answer in time</source>
        <translation>引擎未及时响应</translation>
    </message>
    <message>
        <source>The text is larger than the engine can be given. Shorten it.</source>
        <translation>文本超出引擎能接收的大小。请缩短文本。</translation>
    </message>
    <message>
        <source>{0} must be a number.</source>
        <translation>{0} 必须是数字。</translation>
    </message>
    <message>
        <source>{0} must be between {1} and {2}.</source>
        <translation>{0} 必须在 {1} 到 {2} 之间。</translation>
    </message>
    <message>
        <source>At most {0} stop strings are allowed.</source>
        <translation>最多允许 {0} 个停止字符串。</translation>
    </message>
    <message>
        <source>A stop string must have 1 to {0} characters.</source>
        <translation>停止字符串须为 1 到 {0} 个字符。</translation>
    </message>
    <message>
        <source>keep_as must be small letters, digits and hyphens.</source>
        <translation>keep_as 只能包含小写字母、数字和连字符。</translation>
    </message>
    <message>
        <source>kv_type must be f16 or q8_0.</source>
        <translation>kv_type 必须是 f16 或 q8_0。</translation>
    </message>
    <message>
        <source>it is not a script of replies ({0}).</source>
        <translation>它不是回复脚本（{0}）。</translation>
    </message>
    <message>
        <source>The script failed</source>
        <translation>脚本失败</translation>
    </message>
    <message>
        <source>As it was told to.</source>
        <translation>按脚本要求失败。</translation>
    </message>
    <message>
        <source>Nothing to play</source>
        <translation>没有可播放的内容</translation>
    </message>
    <message>
        <source>The engine made a mistake</source>
        <translation>引擎出错</translation>
    </message>
    <message>
        <source>It reported {0} and is being restarted. Try again.</source>
        <translation>它报告了 {0}，正在重新启动。请重试。</translation>
    </message>
    <message>
        <source>The engine could not go on and is being restarted.</source>
        <translation>引擎无法继续，正在重新启动。</translation>
    </message>
    <message>
        <source>The text is too long to be counted.</source>
        <translation>文本过长，无法计数。</translation>
    </message>
    <message>
        <source>No such model</source>
        <translation>没有这个模型</translation>
    </message>
    <message>
        <source>There is no model called {0}, neither as a file nor in {1}. Give the path of a .gguf file, put one into that folder, or use --model starter.</source>
        <translation>没有名为 {0} 的模型，既不是文件，也不在 {1} 中。请给出 .gguf 文件的路径，将其放入该文件夹，或使用 --model starter。</translation>
    </message>
    <message>
        <source>This folder is not a model</source>
        <translation>此文件夹不是模型</translation>
    </message>
    <message>
        <source>{0} has no config.json and is not a .gguf file. Choose a .gguf file, or a folder in Hugging Face layout.</source>
        <translation>{0} 中没有 config.json，也不是 .gguf 文件。请选择 .gguf 文件，或 Hugging Face 格式的文件夹。</translation>
    </message>
    <message>
        <source>The starter model is not installed</source>
        <translation>未安装入门模型</translation>
    </message>
    <message>
        <source>Run `make run` again to install it, or give the path of a .gguf file with --model.</source>
        <translation>请再次运行 `make run` 进行安装，或用 --model 给出 .gguf 文件的路径。</translation>
    </message>
    <message>
        <source>Port {0} is in use</source>
        <translation>端口 {0} 已被占用</translation>
    </message>
    <message>
        <source>Another program listens there. Stop it, or choose another port.</source>
        <translation>该端口已被其他程序占用。请停止该程序，或选择其他端口。</translation>
    </message>
    <message>
        <source>The data folder cannot be used</source>
        <translation>无法使用数据文件夹</translation>
    </message>
    <message>
        <source>{0}: {1}. Make it writable, or choose another folder with --data-dir.</source>
        <translation>{0}：{1}。请设为可写，或用 --data-dir 选择其他文件夹。</translation>
    </message>
    <message>
        <source>These {0} belong to a newer Doorstep</source>
        <translation>这些{0}属于更新版本的 Doorstep</translation>
    </message>
    <message>
        <source>{0} was written by a newer version and has been left untouched. Install that version or a later one, or choose another folder with --data-dir.</source>
        <translation>{0} 由更新的版本写入，未作任何改动。请安装该版本或更高版本，或用 --data-dir 选择其他文件夹。</translation>
    </message>
    <message>
        <source>The {0} cannot be read</source>
        <translation>无法读取{0}</translation>
    </message>
    <message>
        <source>{0}: {1}. The file has been left untouched. Restore a backup of it, or choose another folder with --data-dir to start anew.</source>
        <translation>{0}：{1}。文件未作任何改动。请恢复其备份，或用 --data-dir 选择其他文件夹重新开始。</translation>
    </message>
    <message>
        <source>The {0} are in use</source>
        <translation>{0}正在使用中</translation>
    </message>
    <message>
        <source>Another program holds {0}. Close it, then try again.</source>
        <translation>另一个程序占用了 {0}。请关闭它后再试。</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Nothing more can be saved in {0}. Free some space, then try again.</source>
        <translation>{0} 中无法再保存任何内容。请腾出一些空间后再试。</translation>
    </message>
    <message>
        <source>The picture could not be saved</source>
        <translation>图片无法保存</translation>
    </message>
    <message>
        <source>{0}: {1}. Choose another folder or another name.</source>
        <translation>{0}：{1}。请选择其他文件夹或名称。</translation>
    </message>
    <message>
        <source>The model's chat template cannot be used</source>
        <translation>无法使用模型的聊天模板</translation>
    </message>
    <message>
        <source>{0} Choose another model, or a newer version of this one.</source>
        <translation>{0}请选择其他模型，或此模型的更新版本。</translation>
    </message>
    <message>
        <source>This answer cannot be continued</source>
        <translation>无法继续此回答</translation>
    </message>
    <message>
        <source>It ends in a tool call, and a call cannot be taken up in the middle. Ask for a new answer instead.</source>
        <translation>它以工具调用结尾，而调用无法从中间继续。请改为请求新的回答。</translation>
    </message>
    <message>
        <source>This answer cannot be replayed</source>
        <translation>无法重放此回答</translation>
    </message>
    <message>
        <source>Its seed is not known: it was edited, or written before seeds were kept. Ask for a new answer; that one can be replayed.</source>
        <translation>它的种子未知：它被编辑过，或写于开始保存种子之前。请请求新的回答，新的回答可以重放。</translation>
    </message>
    <message>
        <source>The model did not call the tool</source>
        <translation>模型没有调用工具</translation>
    </message>
    <message>
        <source>A tool call was demanded, and the model ended without one. Ask again, or leave the choice to the model.</source>
        <translation>要求了工具调用，但模型没有调用就结束了。请重新提问，或让模型自行选择。</translation>
    </message>
    <message>
        <source>The answer does not follow the schema</source>
        <translation>回答不符合格式</translation>
    </message>
    <message>
        <source>The model was asked for JSON of a certain form and wrote something else. Ask again, and describe the form in the prompt too.</source>
        <translation>要求模型给出特定格式的 JSON，但它写了别的内容。请重新提问，并在提示中描述该格式。</translation>
    </message>
    <message>
        <source>The document cannot be read</source>
        <translation>无法读取该文档</translation>
    </message>
    <message>
        <source>A document is not there any more</source>
        <translation>某份文档已不存在</translation>
    </message>
    <message>
        <source>It was removed from the library. Add it again, or ask without it.</source>
        <translation>它已从文档库中移除。请重新添加，或不带它提问。</translation>
    </message>
    <message>
        <source>{0} cannot be read yet</source>
        <translation>{0} 暂时无法阅读</translation>
    </message>
    <message>
        <source>There is nothing to read</source>
        <translation>没有可读的内容</translation>
    </message>
    <message>
        <source>The documents hold no text. Choose others.</source>
        <translation>这些文档不含文字。请选择其他文档。</translation>
    </message>
    <message>
        <source>These pages do not exist</source>
        <translation>这些页面不存在</translation>
    </message>
    <message>
        <source>None of the chosen pages is in the documents. Choose others.</source>
        <translation>所选页面都不在文档中。请选择其他页面。</translation>
    </message>
    <message>
        <source>No passage fits the question</source>
        <translation>没有段落与问题相符</translation>
    </message>
    <message>
        <source>The search found none of its words in the documents. Ask with other words, or read the documents in full or in passes.</source>
        <translation>搜索在文档中没有找到问题中的词。请换个说法提问，或全文阅读、分批阅读。</translation>
    </message>
    <message>
        <source>The documents are too long to be read at once</source>
        <translation>文档过长，无法一次读完</translation>
    </message>
    <message>
        <source>They have {0} tokens, and the model has room for {1}. Read them in passes ({2} of them), read only the passages that fit the question, or choose pages.</source>
        <translation>文档有 {0} 词元，而模型有 {1} 的空间。请分批阅读（共 {2} 批），只读与问题相符的段落，或选择页面。</translation>
    </message>
    <message>
        <source>The document could not be kept warm</source>
        <translation>无法保留文档的预读状态</translation>
    </message>
    <message>
        <source>The model read it, but its state is not on disk. See whether the disk is full, then try again; asking works all the same.</source>
        <translation>模型已读完，但状态未存到磁盘上。请检查磁盘是否已满，然后重试；提问不受影响。</translation>
    </message>
    <message>
        <source>These are no pages</source>
        <translation>这不是页码</translation>
    </message>
    <message>
        <source>{0} should be a page or a range of pages: --pages 3 or --pages 3-9.</source>
        <translation>{0} 应为一页或一个页码范围：--pages 3 或 --pages 3-9。</translation>
    </message>
    <message>
        <source>There are no documents to read</source>
        <translation>没有可读的文档</translation>
    </message>
    <message>
        <source>--mode, --pages and --json are for questions about documents: name them with --document or --collection.</source>
        <translation>--mode、--pages 和 --json 用于就文档提问：请用 --document 或 --collection 指定文档。</translation>
    </message>
    <message>
        <source>Files and a collection cannot be asked together</source>
        <translation>不能同时就文件和集合提问</translation>
    </message>
    <message>
        <source>Choose one of --document and --collection. Files become part of a collection with doorstep documents add PATH --collection NAME.</source>
        <translation>请在 --document 和 --collection 中选择一个。可用 doorstep documents add PATH --collection NAME 将文件加入集合。</translation>
    </message>
    <message>
        <source>its data is damaged: the checksum is not the published one.</source>
        <translation>其数据已损坏：校验和与公布的不符。</translation>
    </message>
    <message>
        <source>it claims more layers than any model has.</source>
        <translation>它声称的层数超过任何模型。</translation>
    </message>
    <message>
        <source>it claims more parts than any model has.</source>
        <translation>它声称的分卷数超过任何模型。</translation>
    </message>
    <message>
        <source>the file is cut off or damaged.</source>
        <translation>文件不完整或已损坏。</translation>
    </message>
    <message>
        <source>it is not a JSON object.</source>
        <translation>它不是 JSON 对象。</translation>
    </message>
    <message>
        <source>it cannot be read: {0}.</source>
        <translation>无法读取：{0}。</translation>
    </message>
    <message>
        <source>a tensor has an impossible size or type.</source>
        <translation>某个张量的大小或类型不可能成立。</translation>
    </message>
    <message>
        <source>it has no {0}.</source>
        <translation>它没有 {0}。</translation>
    </message>
    <message>
        <source>its {0} is too large.</source>
        <translation>它的 {0} 过大。</translation>
    </message>
    <message>
        <source>it is not valid JSON.</source>
        <translation>它不是有效的 JSON。</translation>
    </message>
    <message>
        <source>its setting {0} is impossible.</source>
        <translation>它的设置 {0} 不可能成立。</translation>
    </message>
    <message>
        <source>it names something in no known script.</source>
        <translation>其中的名称使用了未知的文字编码。</translation>
    </message>
    <message>
        <source>it is not a GGUF file.</source>
        <translation>它不是 GGUF 文件。</translation>
    </message>
    <message>
        <source>its GGUF version, {0}, is not known.</source>
        <translation>不认识其 GGUF 版本 {0}。</translation>
    </message>
    <message>
        <source>its alignment is impossible.</source>
        <translation>其对齐方式不可能成立。</translation>
    </message>
    <message>
        <source>it claims a list that is longer than the file.</source>
        <translation>它声称的列表比文件还长。</translation>
    </message>
    <message>
        <source>it holds a list of an unknown kind.</source>
        <translation>它含有未知类型的列表。</translation>
    </message>
    <message>
        <source>a tensor has an impossible number of dimensions.</source>
        <translation>有张量的维数不可能成立。</translation>
    </message>
    <message>
        <source>a tensor has an unknown type, {0}.</source>
        <translation>有张量的类型未知：{0}。</translation>
    </message>
    <message>
        <source>a tensor has an impossible size.</source>
        <translation>有张量的大小不可能成立。</translation>
    </message>
    <message>
        <source>it holds a value of an unknown kind.</source>
        <translation>它含有未知类型的值。</translation>
    </message>
    <message>
        <source>it holds a text that is too long.</source>
        <translation>它含有过长的文本。</translation>
    </message>
    <message>
        <source>it does not say which architecture it has.</source>
        <translation>它没有说明自己的架构。</translation>
    </message>
    <message>
        <source>the name of this part is impossible.</source>
        <translation>此分卷的名称不可能成立。</translation>
    </message>
    <message>
        <source>its part {0} is missing.</source>
        <translation>缺少分卷 {0}。</translation>
    </message>
    <message>
        <source>its field {0} is impossible.</source>
        <translation>它的字段 {0} 不可能成立。</translation>
    </message>
    <message>
        <source>There is no engine called {0}</source>
        <translation>没有名为 {0} 的引擎</translation>
    </message>
    <message>
        <source>Use auto, gguf, mlx, or scripted:FILE.</source>
        <translation>请使用 auto、gguf、mlx 或 scripted:FILE。</translation>
    </message>
    <message>
        <source>No such script</source>
        <translation>没有这个脚本</translation>
    </message>
    <message>
        <source>{0} is not a file. Give the path of a JSON file of replies.</source>
        <translation>{0} 不是文件。请给出回复 JSON 文件的路径。</translation>
    </message>
    <message>
        <source>the gguf engine opens .gguf files, not folders; get the model as GGUF.</source>
        <translation>gguf 引擎打开 .gguf 文件，而不是文件夹；请获取 GGUF 格式的模型。</translation>
    </message>
    <message>
        <source>the file is empty.</source>
        <translation>文件是空的。</translation>
    </message>
    <message>
        <source>it is not a GGUF file, whatever its name says.</source>
        <translation>无论名称如何，它都不是 GGUF 文件。</translation>
    </message>
    <message>
        <source>the mlx engine opens folders in Hugging Face layout, not .gguf files.</source>
        <translation>mlx 引擎打开 Hugging Face 格式的文件夹，而不是 .gguf 文件。</translation>
    </message>
    <message>
        <source>{0} needs {1} GB, this computer has {2} GB.</source>
        <translation>{0} 需要 {1} GB，这台电脑有 {2} GB。</translation>
    </message>
    <message>
        <source>it is not a file.</source>
        <translation>它不是文件。</translation>
    </message>
    <message>
        <source>it cannot be read ({0}).</source>
        <translation>无法读取（{0}）。</translation>
    </message>
    <message>
        <source>The context is kept in 8 bits a number, because 16 do not fit into memory.</source>
        <translation>上下文以每个数 8 位保存，因为 16 位放不进内存。</translation>
    </message>
    <message>
        <source>The model runs on the processor: not one layer fits into the memory of {0}.</source>
        <translation>模型在处理器上运行：{0} 的内存连一层也放不下。</translation>
    </message>
    <message>
        <source>The experts of {0} layers stay in main memory, because {1} has no room for them; all else runs there.</source>
        <translation>有 {0} 层的专家留在主内存中，因为 {1} 放不下；其余都在那里运行。</translation>
    </message>
    <message>
        <source>{0} of {1} layers run on {2}; more do not fit.</source>
        <translation>{1} 层中有 {0} 层在 {2} 上运行，更多则放不下。</translation>
    </message>
    <message>
        <source>The whole model runs on {0}.</source>
        <translation>整个模型在 {0} 上运行。</translation>
    </message>
    <message>
        <source>The context is kept in 8 bits a number, so that more of the model fits there.</source>
        <translation>上下文以每个数 8 位保存，以便那里能放下模型的更多部分。</translation>
    </message>
    <message>
        <source>No file was named</source>
        <translation>没有指定文件</translation>
    </message>
    <message>
        <source>Use: doorstep models inspect FILE.</source>
        <translation>用法：doorstep models inspect FILE。</translation>
    </message>
    <message>
        <source>there is no such user</source>
        <translation>没有这个用户</translation>
    </message>
    <message>
        <source>Name the key: up to 40 letters, digits, dots and dashes.</source>
        <translation>请为密钥命名：最多 40 个字母、数字、点和连字符。</translation>
    </message>
    <message>
        <source>There is a key called {0} already. Revoke it first, or take another name.</source>
        <translation>已有名为 {0} 的密钥。请先吊销它，或换一个名称。</translation>
    </message>
    <message>
        <source>There is no key called {0}. `doorstep keys list` names them all.</source>
        <translation>没有名为 {0} 的密钥。`doorstep keys list` 会列出全部密钥。</translation>
    </message>
    <message>
        <source>This computer has no usable keyring</source>
        <translation>这台电脑没有可用的钥匙串</translation>
    </message>
    <message>
        <source>Named keys are kept in it and nowhere else. Unlock or install one, or set DOORSTEP_API_KEY to a key of your own.</source>
        <translation>命名密钥只保存在钥匙串中。请解锁或安装钥匙串，或将 DOORSTEP_API_KEY 设为您自己的密钥。</translation>
    </message>
    <message>
        <source>The network needs a key</source>
        <translation>局域网访问需要密钥</translation>
    </message>
    <message>
        <source>Without one everybody in the network could use this computer's model. Leave out --no-key, or do not open the endpoint to the network.</source>
        <translation>没有密钥，网络中的任何人都能使用这台电脑的模型。请去掉 --no-key，或不要向网络开放端点。</translation>
    </message>
    <message>
        <source>The key is too short for the network</source>
        <translation>密钥对局域网访问来说过短</translation>
    </message>
    <message>
        <source>Set DOORSTEP_API_KEY to at least {0} characters, or unset it to use the key that Doorstep made.</source>
        <translation>请将 DOORSTEP_API_KEY 设为至少 {0} 个字符，或取消设置以使用 Doorstep 生成的密钥。</translation>
    </message>
    <message>
        <source>Port {0} cannot be used</source>
        <translation>无法使用端口 {0}</translation>
    </message>
    <message>
        <source>The system says: {0}. Choose another port.</source>
        <translation>系统提示：{0}。请选择其他端口。</translation>
    </message>
    <message>
        <source>The port must be between 0 and 65535.</source>
        <translation>端口必须在 0 到 65535 之间。</translation>
    </message>
    <message>
        <source>The settings could not be read, so the usual ones are in force. The old file is kept as settings.damaged; your conversations are not touched.</source>
        <translation>无法读取设置，因此使用默认设置。旧文件保存为 settings.damaged；您的对话未受影响。</translation>
    </message>
    <message>
        <source>updating it would change the rows of {0}</source>
        <translation>更新会改变 {0} 的数据行</translation>
    </message>
    <message>
        <source>updating it would break references</source>
        <translation>更新会破坏引用关系</translation>
    </message>
    <message>
        <source>updating it failed ({0})</source>
        <translation>更新失败（{0}）</translation>
    </message>
    <message>
        <source>{0} Until then the starter model is used.</source>
        <translation>{0}在此之前使用入门模型。</translation>
    </message>
    <message>
        <source>it finds no device on this computer.</source>
        <translation>在这台电脑上找不到设备。</translation>
    </message>
    <message>
        <source>Several answers were being written at once, which is faster than drafting.</source>
        <translation>当时同时在写多个回答，这比起草更快。</translation>
    </message>
    <message>
        <source>On this machine and text, drafting measured slower than doing without.</source>
        <translation>就这台电脑和这段文本实测，起草比不起草更慢。</translation>
    </message>
    <message>
        <source>{0} with {1} tokens at a time does not fit.</source>
        <translation>{0} 以每次 {1} 词元运行放不下。</translation>
    </message>
    <message>
        <source>it ranks texts and makes no embeddings.</source>
        <translation>它对文字排序，不生成嵌入。</translation>
    </message>
    <message>
        <source>A text to embed must not be empty.</source>
        <translation>要嵌入的文字不能为空。</translation>
    </message>
    <message>
        <source>The engine could not compute the embeddings.</source>
        <translation>引擎无法计算嵌入。</translation>
    </message>
    <message>
        <source>The engine could not compute the next tokens.</source>
        <translation>引擎无法计算后续词元。</translation>
    </message>
    <message>
        <source>This build of llama.cpp cannot use the model's MTP heads.</source>
        <translation>此版本的 llama.cpp 无法使用该模型的 MTP 头。</translation>
    </message>
    <message>
        <source>There is not enough memory for the model's MTP heads.</source>
        <translation>内存不足以容纳该模型的 MTP 头。</translation>
    </message>
    <message>
        <source>The MTP heads come from {0}.</source>
        <translation>MTP 头来自 {0}。</translation>
    </message>
    <message>
        <source>The prompt is empty.</source>
        <translation>提示是空的。</translation>
    </message>
    <message>
        <source>llama.cpp cannot read it.</source>
        <translation>llama.cpp 无法读取它。</translation>
    </message>
    <message>
        <source>its architecture, {0}, is not known to this version.</source>
        <translation>此版本不认识它的架构 {0}。</translation>
    </message>
    <message>
        <source>{0} does not fit into memory.</source>
        <translation>{0} 放不进内存。</translation>
    </message>
    <message>
        <source>{0} with a context of {1} tokens does not fit.</source>
        <translation>{0} 以 {1} 词元的上下文放不下。</translation>
    </message>
    <message>
        <source>its config.json has {0}, which is not known here.</source>
        <translation>它的 config.json 含有此处不认识的 {0}。</translation>
    </message>
    <message>
        <source>config.json has no {0}.</source>
        <translation>config.json 中没有 {0}。</translation>
    </message>
    <message>
        <source>config.json cannot be used: {0}.</source>
        <translation>无法使用 config.json：{0}。</translation>
    </message>
    <message>
        <source>This copy of the model has no layers for multi-token prediction.</source>
        <translation>这份模型没有多词元预测层。</translation>
    </message>
    <message>
        <source>{0} has {1} GB of weights.</source>
        <translation>{0} 的权重有 {1} GB。</translation>
    </message>
    <message>
        <source>There is no model here</source>
        <translation>这里没有模型</translation>
    </message>
    <message>
        <source>{0} has no config.json. Choose the folder that holds the model's files.</source>
        <translation>{0} 中没有 config.json。请选择存放模型文件的文件夹。</translation>
    </message>
    <message>
        <source>it is damaged.</source>
        <translation>它已损坏。</translation>
    </message>
    <message>
        <source>Multi-token prediction comes from {0}.</source>
        <translation>多词元预测来自 {0}。</translation>
    </message>
    <message>
        <source>This copy of the model has no layers for multi-token prediction, so it writes more slowly than it could. doorstep mtp-addon adds them.</source>
        <translation>这份模型没有多词元预测层，因此书写速度达不到应有水平。可用 doorstep mtp-addon 添加。</translation>
    </message>
    <message>
        <source>a file of its weights is missing.</source>
        <translation>缺少一个权重文件。</translation>
    </message>
    <message>
        <source>mlx-lm cannot load it.</source>
        <translation>mlx-lm 无法加载它。</translation>
    </message>
    <message>
        <source>its model type is {0}.</source>
        <translation>它的模型类型是 {0}。</translation>
    </message>
    <message>
        <source>the tokenizer is missing or damaged.</source>
        <translation>分词器缺失或已损坏。</translation>
    </message>
    <message>
        <source>the file cannot be read.</source>
        <translation>无法读取该文件。</translation>
    </message>
    <message>
        <source>these MTP layers belong to another model. Remove the file or make it anew.</source>
        <translation>这些 MTP 层属于其他模型。请移除该文件或重新制作。</translation>
    </message>
    <message>
        <source>the file {0} is missing.</source>
        <translation>缺少文件 {0}。</translation>
    </message>
    <message>
        <source>there is no safetensors file in it.</source>
        <translation>其中没有 safetensors 文件。</translation>
    </message>
    <message>
        <source>it names files outside of the folder.</source>
        <translation>它引用了文件夹之外的文件。</translation>
    </message>
    <message>
        <source>the list of its files is damaged.</source>
        <translation>其文件列表已损坏。</translation>
    </message>
    <message>
        <source>conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>a PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>a Word document</source>
        <translation>Word 文档</translation>
    </message>
    <message>
        <source>a PowerPoint presentation</source>
        <translation>PowerPoint 演示文稿</translation>
    </message>
    <message>
        <source>an Excel workbook</source>
        <translation>Excel 工作簿</translation>
    </message>
    <message>
        <source>an old Excel workbook</source>
        <translation>旧版 Excel 工作簿</translation>
    </message>
    <message>
        <source>an OpenDocument spreadsheet</source>
        <translation>OpenDocument 表格</translation>
    </message>
    <message>
        <source>an OpenDocument text</source>
        <translation>OpenDocument 文本</translation>
    </message>
    <message>
        <source>an OpenDocument presentation</source>
        <translation>OpenDocument 演示文稿</translation>
    </message>
    <message>
        <source>an e-book</source>
        <translation>电子书</translation>
    </message>
    <message>
        <source>a web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Rich Text</source>
        <translation>RTF 文本</translation>
    </message>
    <message>
        <source>a table in text form</source>
        <translation>文本表格</translation>
    </message>
    <message>
        <source>source code</source>
        <translation>源代码</translation>
    </message>
    <message>
        <source>an e-mail</source>
        <translation>电子邮件</translation>
    </message>
    <message>
        <source>a picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Chinese (GB18030)</source>
        <translation>中文（GB18030）</translation>
    </message>
    <message>
        <source>Chinese (Big5)</source>
        <translation>中文（Big5）</translation>
    </message>
    <message>
        <source>Japanese (Shift JIS)</source>
        <translation>日文（Shift JIS）</translation>
    </message>
    <message>
        <source>Korean (EUC-KR)</source>
        <translation>韩文（EUC-KR）</translation>
    </message>
    <message>
        <source>Western European (Latin-1)</source>
        <translation>西欧文字（Latin-1）</translation>
    </message>
    <message>
        <source>UTF-16</source>
        <translation>UTF-16</translation>
    </message>
    <message>
        <source>pages {0} and {1}</source>
        <translation>第 {0}、{1} 页</translation>
    </message>
    <message>
        <source>page {0}</source>
        <translation>第 {0} 页</translation>
    </message>
    <message>
        <source>pages {0} and {1} more</source>
        <translation>第 {0} 页及另外 {1} 页</translation>
    </message>
    <message>
        <source>Page {0}</source>
        <translation>第 {0} 页</translation>
    </message>
    <message>
        <source>Pages {0}</source>
        <translation>第 {0} 页</translation>
    </message>
    <message>
        <source>{0} pages</source>
        <translation>{0} 页</translation>
    </message>
    <message>
        <source>Pages {0} and {1}</source>
        <translation>第 {0}、{1} 页</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this chat</source>
        <translation>在此聊天中查找</translation>
    </message>
    <message>
        <source>Previous hit (Shift+F3)</source>
        <translation>上一处（Shift+F3）</translation>
    </message>
    <message>
        <source>Next hit (F3)</source>
        <translation>下一处（F3）</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number}/{count}</translation>
    </message>
</context>
<context>
    <name>Footnotes</name>
    <message>
        <source>“{quote}” {places}. {status}.</source>
        <translation>“{quote}”{places}。{status}。</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>“{quote}” {status}.</source>
        <translation>“{quote}”{status}。</translation>
    </message>
    <message>
        <source>Page {page}</source>
        <translation>第 {page} 页</translation>
    </message>
    <message>
        <source>{name}, page {page}</source>
        <translation>{name}，第 {page} 页</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已核实</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>相近</translation>
    </message>
    <message>
        <source>In several places</source>
        <translation>多处出现</translation>
    </message>
    <message>
        <source>Not verified</source>
        <translation>未核实</translation>
    </message>
</context>
<context>
    <name>ForgetRow</name>
    <message>
        <source>Forget now</source>
        <translation>立即清除</translation>
    </message>
    <message>
        <source>Prompt states on disk forget delete</source>
        <translation>磁盘上的提示状态 忘记 清除 删除</translation>
    </message>
    <message>
        <source>Prompt states on disk</source>
        <translation>磁盘上的提示状态</translation>
    </message>
    <message>
        <source>{size} kept.</source>
        <translation>已保留 {size}。</translation>
    </message>
    <message>
        <source>None are kept.</source>
        <translation>没有保留。</translation>
    </message>
</context>
<context>
    <name>Groups</name>
    <message>
        <source>Pinned</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Previous 30 days</source>
        <translation>过去 30 天</translation>
    </message>
</context>
<context>
    <name>KeysCard</name>
    <message>
        <source>Keys</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>One for each program, so that each can be taken back. Kept in the keyring.</source>
        <translation>每个程序一个，可以分别收回。保存在系统钥匙串中。</translation>
    </message>
    <message>
        <source>Name of a program</source>
        <translation>程序名称</translation>
    </message>
    <message>
        <source>Name of the new key</source>
        <translation>新密钥的名称</translation>
    </message>
    <message>
        <source>Create key</source>
        <translation>创建密钥</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>{name}: {key}
Copy it now. It is not shown again.</source>
        <translation>{name}：{key}
请立即复制，之后不再显示。</translation>
    </message>
    <message>
        <source>Revoke…</source>
        <translation>吊销…</translation>
    </message>
    <message>
        <source>Revoke the key {name}</source>
        <translation>吊销密钥 {name}</translation>
    </message>
    <message>
        <source>Never used</source>
        <translation>从未使用</translation>
    </message>
    <message>
        <source>Last used {when}</source>
        <translation>上次使用：{when}</translation>
    </message>
    <message>
        <source>default, of this window</source>
        <translation>默认（本窗口使用）</translation>
    </message>
</context>
<context>
    <name>LibraryModel</name>
    <message>
        <source>Reading ahead, {percent} %</source>
        <translation>正在预读，{percent}%</translation>
    </message>
    <message>
        <source>Warm, {size}</source>
        <translation>已预读，{size}</translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>reading page {number}</source>
        <translation>正在读取第 {number} 页</translation>
    </message>
    <message>
        <source>Waiting to be read</source>
        <translation>等待读取</translation>
    </message>
    <message>
        <source>Text ready, being indexed</source>
        <translation>文字就绪，正在建立索引</translation>
    </message>
    <message>
        <source>Indexed</source>
        <translation>已建立索引</translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) read by OCR</source>
        <translation>
            <numerusform>%n 页由 OCR 识别</numerusform>
        </translation>
    </message>
    <message>
        <source>An older version</source>
        <translation>较旧的版本</translation>
    </message>
</context>
<context>
    <name>LibraryPageControl</name>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Add documents</source>
        <translation>添加文档</translation>
    </message>
    <message>
        <source>Watch a folder</source>
        <translation>监视文件夹</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n document(s)?</source>
        <translation>
            <numerusform>要移除 %n 份文档吗？</numerusform>
        </translation>
    </message>
    <message>
        <source>Their text, index and states are deleted from Doorstep. The files on your disk stay where they are. Quotes in chats can no longer be shown on their pages.</source>
        <translation>它们的文字、索引和状态将从 Doorstep 中删除。磁盘上的文件保持原样。聊天中的引文将无法再在页面上显示。</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n document(s)</source>
        <translation>
            <numerusform>移除 %n 份文档</numerusform>
        </translation>
    </message>
    <message>
        <source>{document}, page {page}</source>
        <translation>{document}，第 {page} 页</translation>
    </message>
</context>
<context>
    <name>LibraryView</name>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Passages found</source>
        <translation>找到的段落</translation>
    </message>
    <message>
        <source>Search in all documents</source>
        <translation>在所有文档中搜索</translation>
    </message>
    <message>
        <source>Search this collection</source>
        <translation>在此集合中搜索</translation>
    </message>
    <message>
        <source>Drop files or folders here. They are read on this computer and stay on it.</source>
        <translation>将文件或文件夹拖到这里。它们只在这台电脑上读取，也只留在这台电脑上。</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Watch a folder</source>
        <translation>监视文件夹</translation>
    </message>
    <message>
        <source>Ask about</source>
        <translation>就此提问</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Read ahead</source>
        <translation>预读</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Put into a collection</source>
        <translation>放入集合</translation>
    </message>
    <message>
        <source>Take out of this collection</source>
        <translation>移出此集合</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message numerus="yes">
        <source>%n passage(s) found</source>
        <translation>
            <numerusform>找到 %n 个段落</numerusform>
        </translation>
    </message>
    <message>
        <source>No passage found. Try other words.</source>
        <translation>没有找到段落。请换用其他词语。</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>已选 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%n 份文档</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LinkControl</name>
    <message>
        <source>This link was not opened</source>
        <translation>未打开此链接</translation>
    </message>
    <message>
        <source>Only web addresses (http and https) are opened. It says: {url}</source>
        <translation>只能打开网址（http 和 https）。链接内容：{url}</translation>
    </message>
</context>
<context>
    <name>LinkDialog</name>
    <message>
        <source>Open this link?</source>
        <translation>打开此链接？</translation>
    </message>
    <message>
        <source>Open this link in your browser?</source>
        <translation>要在浏览器中打开此链接吗？</translation>
    </message>
    <message>
        <source>It leaves Doorstep and goes to {host}.</source>
        <translation>将离开 Doorstep，前往 {host}。</translation>
    </message>
    <message>
        <source>Whole address</source>
        <translation>完整地址</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>LoadCard</name>
    <message>
        <source>Context length</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV 缓存</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Multi-token prediction</source>
        <translation>多词元预测</translation>
    </message>
    <message>
        <source>Adaptive</source>
        <translation>自适应</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>始终</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Drafts that the model checks: the same text, sooner. Adaptive measures.</source>
        <translation>先起草再由模型核对：文字不变，速度更快。自适应会实测决定。</translation>
    </message>
    <message>
        <source>Load this model</source>
        <translation>加载此模型</translation>
    </message>
    <message>
        <source>How much the model keeps in view at once.</source>
        <translation>模型一次能看到多少内容。</translation>
    </message>
    <message>
        <source>8 bits need half the memory, at a small cost in quality.</source>
        <translation>8 位只需一半内存，质量略有下降。</translation>
    </message>
    <message>
        <source>This file has no MTP layers. Drafts come from the text itself.</source>
        <translation>此文件没有 MTP 层。草稿取自文本本身。</translation>
    </message>
    <message>
        <source>Load anyway</source>
        <translation>仍然加载</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 词元</translation>
    </message>
</context>
<context>
    <name>MemoryBar</name>
    <message>
        <source>Weights {size}</source>
        <translation>权重 {size}</translation>
    </message>
    <message>
        <source>KV cache {size}</source>
        <translation>KV 缓存 {size}</translation>
    </message>
    <message>
        <source>Compute {size}</source>
        <translation>计算 {size}</translation>
    </message>
    <message>
        <source>Other programs {size}</source>
        <translation>其他程序 {size}</translation>
    </message>
    <message>
        <source>{size} left</source>
        <translation>剩余 {size}</translation>
    </message>
    <message>
        <source>{size} missing</source>
        <translation>还差 {size}</translation>
    </message>
    <message>
        <source>Memory of {size}</source>
        <translation>{size} 内存</translation>
    </message>
</context>
<context>
    <name>MessageActions</name>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Branch into a new chat</source>
        <translation>分支为新聊天</translation>
    </message>
    <message>
        <source>Run card</source>
        <translation>运行卡片</translation>
    </message>
    <message>
        <source>Previous variant</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Next variant</source>
        <translation>下一个版本</translation>
    </message>
</context>
<context>
    <name>MessageControl</name>
    <message>
        <source>An answer is being written. Stop it first, or wait for it.</source>
        <translation>正在书写回答。请先停止，或等待完成。</translation>
    </message>
    <message>
        <source>{title} (branch)</source>
        <translation>{title}（分支）</translation>
    </message>
    <message>
        <source>This is a new chat that begins like the other</source>
        <translation>这是一个开头与原聊天相同的新聊天</translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Edited message</source>
        <translation>编辑后的消息</translation>
    </message>
    <message>
        <source>Edited answer</source>
        <translation>编辑后的回答</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>ModelChip</name>
    <message>
        <source>Restart engine</source>
        <translation>重新启动引擎</translation>
    </message>
    <message>
        <source>Architecture: {name}</source>
        <translation>架构：{name}</translation>
    </message>
    <message>
        <source>Reads up to {count} tokens</source>
        <translation>最多读取 {count} 词元</translation>
    </message>
    <message>
        <source>File: {size}</source>
        <translation>文件：{size}</translation>
    </message>
    <message>
        <source>Memory: {size}</source>
        <translation>内存：{size}</translation>
    </message>
    <message>
        <source>Engine: {name}</source>
        <translation>引擎：{name}</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>Doorstep’s folder</source>
        <translation>Doorstep 文件夹</translation>
    </message>
    <message>
        <source>Hugging Face cache</source>
        <translation>Hugging Face 缓存</translation>
    </message>
    <message>
        <source>LM Studio</source>
        <translation>LM Studio</translation>
    </message>
    <message>
        <source>Ollama</source>
        <translation>Ollama</translation>
    </message>
    <message>
        <source>Comes with Doorstep</source>
        <translation>Doorstep 自带</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>{used} of {count} experts</source>
        <translation>{count} 个专家中启用 {used} 个</translation>
    </message>
    <message>
        <source>trained for {count} tokens</source>
        <translation>训练长度 {count} 词元</translation>
    </message>
    <message>
        <source>MTP depth {depth}</source>
        <translation>MTP 深度 {depth}</translation>
    </message>
    <message>
        <source>Fits: needs {need}, this computer has {has}.</source>
        <translation>放得下：需要 {need}，这台电脑有 {has}。</translation>
    </message>
    <message>
        <source>Tight: needs {need} of {has}. Close other programs, or shorten the context.</source>
        <translation>较紧张：需要 {need}，共有 {has}。请关闭其他程序，或缩短上下文。</translation>
    </message>
    <message>
        <source>Needs {need}, this computer has {has}. With {count} tokens of context it fits.</source>
        <translation>需要 {need}，这台电脑有 {has}。上下文缩短到 {count} 词元就放得下。</translation>
    </message>
    <message>
        <source>Needs {need}, this computer has {has}. Choose a smaller model or a smaller form of it.</source>
        <translation>需要 {need}，这台电脑有 {has}。请选择较小的模型，或同一模型的较小版本。</translation>
    </message>
    <message>
        <source>reads up to {count} tokens</source>
        <translation>最多读取 {count} 词元</translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation>占用内存 {size}</translation>
    </message>
    <message>
        <source>no MTP: this file has no such layers</source>
        <translation>无 MTP：此文件没有相应的层</translation>
    </message>
    <message>
        <source>Load with a shorter context</source>
        <translation>用较短的上下文加载</translation>
    </message>
    <message>
        <source>Load the starter model</source>
        <translation>加载入门模型</translation>
    </message>
    <message>
        <source>Let Doorstep choose the engine</source>
        <translation>由 Doorstep 选择引擎</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>{count} billion parameters</source>
        <translation>{count}B 参数</translation>
    </message>
    <message>
        <source>{count} million parameters</source>
        <translation>{count}M 参数</translation>
    </message>
</context>
<context>
    <name>ModelsControl</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>There is no model here yet. Open a .gguf file, or put one into {folder}.</source>
        <translation>这里还没有模型。请打开 .gguf 文件，或将其放入 {folder}。</translation>
    </message>
    <message>
        <source>Loaded</source>
        <translation>已加载</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>过大</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>Open the folder of a model</source>
        <translation>打开模型文件夹</translation>
    </message>
</context>
<context>
    <name>ModelsView</name>
    <message>
        <source>Models on this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>In Doorstep’s folder, and in those of other programs, which are only read. Or drop a .gguf file here.</source>
        <translation>来自 Doorstep 的文件夹，以及其他程序的文件夹（只读取，不改动）。也可以将 .gguf 文件拖到这里。</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
</context>
<context>
    <name>NavList</name>
    <message>
        <source>{page} ({keys})</source>
        <translation>{page}（{keys}）</translation>
    </message>
</context>
<context>
    <name>NoticeControl</name>
    <message>
        <source>Choose a port</source>
        <translation>选择端口</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Doorstep was started in safe mode</source>
        <translation>Doorstep 已以安全模式启动</translation>
    </message>
    <message>
        <source>No model is loaded and no chat is opened, because Shift was held or the last two starts ended early. Your chats are in the list, untouched.</source>
        <translation>没有加载模型，也没有打开聊天，因为启动时按住了 Shift，或前两次启动提前结束。您的聊天都在列表中，未受影响。</translation>
    </message>
    <message>
        <source>Start normally</source>
        <translation>正常启动</translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Show sidebar</source>
        <translation>显示侧边栏</translation>
    </message>
    <message>
        <source>Back to the chat (Esc)</source>
        <translation>返回聊天（Esc）</translation>
    </message>
</context>
<context>
    <name>PageView</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Chat</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排比较</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Search chats, messages and commands</source>
        <translation>搜索聊天、消息和命令</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>Nothing found. Try fewer or other words.</source>
        <translation>没有找到。请试试更少或其他的词。</translation>
    </message>
</context>
<context>
    <name>PictureControl</name>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>图片 (*.png)</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>已保存为 {name}</translation>
    </message>
</context>
<context>
    <name>PresetButton</name>
    <message>
        <source>Chat</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Preset: {name}</source>
        <translation>预设：{name}</translation>
    </message>
    <message>
        <source>Instructions and sampling for this chat</source>
        <translation>此聊天的指令和采样设置</translation>
    </message>
    <message>
        <source>Change this preset…</source>
        <translation>修改此预设…</translation>
    </message>
    <message>
        <source>New preset…</source>
        <translation>新建预设…</translation>
    </message>
    <message>
        <source>Prompts…</source>
        <translation>提示词…</translation>
    </message>
</context>
<context>
    <name>PresetDialog</name>
    <message>
        <source>New preset</source>
        <translation>新建预设</translation>
    </message>
    <message>
        <source>Change preset</source>
        <translation>修改预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>What the model should know or do in every answer</source>
        <translation>模型在每个回答中应了解或做到的事</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word; higher is livelier</source>
        <translation>0 总是选最可能的词；越高越活泼</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Only the likeliest words that make up this share are taken</source>
        <translation>只从合计占此比例的最可能的词中选取</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Any model</source>
        <translation>任何模型</translation>
    </message>
    <message>
        <source>Delete preset</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>PromptPopup</name>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
</context>
<context>
    <name>PromptsDialog</name>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name, to be typed after a slash</source>
        <translation>名称，在斜杠后输入</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>Type / and a name at the beginning of a message to use a prompt.</source>
        <translation>在消息开头输入 / 和名称即可使用提示词。</translation>
    </message>
    <message>
        <source>{gap} in its text is a gap to fill in.</source>
        <translation>正文里的 {gap} 是待填写的空位。</translation>
    </message>
    <message>
        <source>topic</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>New prompt</source>
        <translation>新建提示词</translation>
    </message>
    <message>
        <source>Delete prompt</source>
        <translation>删除提示词</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>QueueStrip</name>
    <message>
        <source>Send next</source>
        <translation>发送下一条</translation>
    </message>
    <message>
        <source>Queued messages</source>
        <translation>排队的消息</translation>
    </message>
    <message>
        <source>{count} queued, waiting for you. Esc clears the queue.</source>
        <translation>{count} 条在排队，等待您发送。按 Esc 清空。</translation>
    </message>
    <message>
        <source>{count} queued, {more} not shown</source>
        <translation>{count} 条在排队，{more} 条未显示</translation>
    </message>
    <message>
        <source>1 queued, sent after this answer</source>
        <translation>1 条在排队，回答结束后发送</translation>
    </message>
    <message>
        <source>{count} queued, sent one after another</source>
        <translation>{count} 条在排队，将逐条发送</translation>
    </message>
    <message>
        <source>Edit queued message</source>
        <translation>编辑排队的消息</translation>
    </message>
    <message>
        <source>Remove queued message</source>
        <translation>移除排队的消息</translation>
    </message>
</context>
<context>
    <name>QuickWindow</name>
    <message>
        <source>Quick question</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Ask anything</source>
        <translation>想问什么都行</translation>
    </message>
    <message>
        <source>Your question</source>
        <translation>您的问题</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Esc hides this window; the answer goes on.</source>
        <translation>按 Esc 隐藏此窗口，回答会继续生成。</translation>
    </message>
    <message>
        <source>Enter asks more here, {keys} in the main window. Esc hides.</source>
        <translation>按 Enter 在这里追问，按 {keys} 转到主窗口继续，按 Esc 隐藏。</translation>
    </message>
    <message>
        <source>Enter asks here, {keys} in the main window. Esc hides.</source>
        <translation>按 Enter 在这里提问，按 {keys} 在主窗口提问，按 Esc 隐藏。</translation>
    </message>
</context>
<context>
    <name>ReaderControl</name>
    <message>
        <source>Opening the document</source>
        <translation>正在打开文档</translation>
    </message>
    <message>
        <source>Quote {number} is word for word on page {page}.</source>
        <translation>引文 {number} 与第 {page} 页逐字一致。</translation>
    </message>
    <message>
        <source>Quote {number} is on page {page} with small differences.</source>
        <translation>引文 {number} 在第 {page} 页，略有出入。</translation>
    </message>
    <message>
        <source>Quote {number} stands in {count} places. All are marked.</source>
        <translation>引文 {number} 出现在 {count} 处，均已标出。</translation>
    </message>
    <message>
        <source>Quote {number} was not found in the document.</source>
        <translation>在文档中未找到引文 {number}。</translation>
    </message>
</context>
<context>
    <name>ReaderPane</name>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Find in this document</source>
        <translation>在此文档中查找</translation>
    </message>
    <message>
        <source>Ask about this</source>
        <translation>就此文档提问</translation>
    </message>
    <message>
        <source>of {count}</source>
        <translation>/ {count}</translation>
    </message>
    <message>
        <source>Close the document (Esc)</source>
        <translation>关闭文档（Esc）</translation>
    </message>
    <message>
        <source>Show or hide all pages</source>
        <translation>显示或隐藏所有页面</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>As wide as the window</source>
        <translation>适合窗口宽度</translation>
    </message>
    <message>
        <source>Previous citation ([)</source>
        <translation>上一处引用（[）</translation>
    </message>
    <message>
        <source>Next citation (])</source>
        <translation>下一处引用（]）</translation>
    </message>
</context>
<context>
    <name>Requests</name>
    <message>
        <source>unknown program</source>
        <translation>未知程序</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在书写</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Left by the client</source>
        <translation>客户端已离开</translation>
    </message>
    <message>
        <source>{new} of {total} tokens new</source>
        <translation>{total} 词元中 {new} 为新</translation>
    </message>
    <message>
        <source>{count} written</source>
        <translation>已写 {count}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{cached} cached, {new} new</source>
        <translation>{cached} 已缓存，{new} 为新</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Waited</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Read in</source>
        <translation>读取用时</translation>
    </message>
    <message>
        <source>Written in</source>
        <translation>书写用时</translation>
    </message>
    <message>
        <source>Tools called</source>
        <translation>调用的工具</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Why the prefix missed</source>
        <translation>前缀未命中的原因</translation>
    </message>
    <message>
        <source>Like request {earlier} for {shared} of {length} characters, then it differs.
Both: …{before}
Then: {was}
Now: {now}</source>
        <translation>与请求 {earlier} 的 {length} 个字符中前 {shared} 个相同，之后不同。
共同部分：…{before}
当时：{was}
现在：{now}</translation>
    </message>
    <message>
        <source>(end)</source>
        <translation>（结尾）</translation>
    </message>
</context>
<context>
    <name>RequestsCard</name>
    <message>
        <source>Requests</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Watch requests</source>
        <translation>观察请求</translation>
    </message>
    <message>
        <source>Keeps their prompts in memory while it is on, and forgets them afterwards.</source>
        <translation>打开时将提示保留在内存中，关闭后即忘记。</translation>
    </message>
    <message>
        <source>Requests, newest first</source>
        <translation>请求（最新在前）</translation>
    </message>
    <message>
        <source>No request yet.</source>
        <translation>还没有请求。</translation>
    </message>
    <message>
        <source>prefix missed</source>
        <translation>前缀未命中</translation>
    </message>
</context>
<context>
    <name>RowMenu</name>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>放回</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Move {count} chats to trash</source>
        <translation>将 {count} 个聊天移到回收站</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>新建文件夹…</translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Edited by you</source>
        <translation>已由您编辑</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Why no drafts</source>
        <translation>为何没有草稿</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束方式</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 词元</translation>
    </message>
    <message>
        <source>{count} of them cached</source>
        <translation>其中 {count} 已缓存</translation>
    </message>
    <message>
        <source>read in {seconds} s</source>
        <translation>{seconds} 秒读完</translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>{count} tokens per step</source>
        <translation>每步 {count} 词元</translation>
    </message>
    <message>
        <source>accepted {shares}</source>
        <translation>接受率 {shares}</translation>
    </message>
    <message>
        <source>The model has no MTP layers, and nothing in its text was worth drafting from.</source>
        <translation>模型没有 MTP 层，文本中也没有值得据以起草的内容。</translation>
    </message>
    <message>
        <source>It failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>You stopped it</source>
        <translation>由您停止</translation>
    </message>
    <message>
        <source>It was interrupted</source>
        <translation>被中断</translation>
    </message>
    <message>
        <source>At the length limit</source>
        <translation>达到长度上限</translation>
    </message>
    <message>
        <source>By itself</source>
        <translation>自然结束</translation>
    </message>
    <message>
        <source>temperature {value}</source>
        <translation>温度 {value}</translation>
    </message>
    <message>
        <source>repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Run card</source>
        <translation>运行卡片</translation>
    </message>
    <message>
        <source>Close the run card</source>
        <translation>关闭运行卡片</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>重放</translation>
    </message>
    <message>
        <source>Answer again with the same settings and seed</source>
        <translation>用相同的设置和种子重新回答</translation>
    </message>
    <message>
        <source>The replay wrote the same {count} characters.</source>
        <translation>重放写出了相同的 {count} 个字符。</translation>
    </message>
    <message>
        <source>The replay first differs at character {at}.

Before: {before}
Now: {after}</source>
        <translation>重放从第 {at} 个字符开始不同。

之前：{before}
现在：{after}</translation>
    </message>
    <message>
        <source>(end)</source>
        <translation>（结尾）</translation>
    </message>
</context>
<context>
    <name>RunningCard</name>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Free its memory</source>
        <translation>释放其内存</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Try the GPU again</source>
        <translation>重新尝试 GPU</translation>
    </message>
    <message>
        <source>The engine said: {words}</source>
        <translation>引擎的报告：{words}</translation>
    </message>
    <message>
        <source>Not used, because a trial of it crashed: {names}. A new driver may help.</source>
        <translation>未使用，因为试运行时崩溃：{names}。更新驱动后可能可用。</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>They are added on the Documents page, and read here.</source>
        <translation>文档在“文档”页面添加，在这台电脑上读取。</translation>
    </message>
    <message>
        <source>Space for documents read ahead, in GB</source>
        <translation>预读文档占用的空间（GB）</translation>
    </message>
    <message>
        <source>Where it is used up, what was asked about longest ago goes first.</source>
        <translation>用满时，最久没有提问过的文档先被清除。</translation>
    </message>
    <message>
        <source>Look into watched folders</source>
        <translation>检查监视的文件夹</translation>
    </message>
    <message>
        <source>Less often spares slow drives and batteries.</source>
        <translation>检查得少一些，可减轻慢速磁盘和电池的负担。</translation>
    </message>
    <message>
        <source>All the time</source>
        <translation>随时</translation>
    </message>
    <message>
        <source>Every minute</source>
        <translation>每分钟</translation>
    </message>
    <message>
        <source>Every 10 minutes</source>
        <translation>每 10 分钟</translation>
    </message>
    <message>
        <source>Every hour</source>
        <translation>每小时</translation>
    </message>
    <message>
        <source>{name} (not found)</source>
        <translation>{name}（未找到）</translation>
    </message>
    <message>
        <source>Search by meaning</source>
        <translation>按含义搜索</translation>
    </message>
    <message>
        <source>Finds passages that say it in other words. Automatic takes the first embedding model in the models folder.</source>
        <translation>能找到用其他说法表达的段落。“自动”使用模型文件夹中的第一个嵌入模型。</translation>
    </message>
    <message>
        <source>Stop watching</source>
        <translation>停止监视</translation>
    </message>
    <message>
        <source>Stop watching {name}</source>
        <translation>停止监视 {name}</translation>
    </message>
    <message>
        <source>Watched folder: {name}</source>
        <translation>监视的文件夹：{name}</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Off, words only</source>
        <translation>关闭，仅按词搜索</translation>
    </message>
    <message>
        <source>Watched folders</source>
        <translation>监视的文件夹</translation>
    </message>
    <message>
        <source>None yet. What is put into a watched folder is read by itself.</source>
        <translation>还没有。放入监视文件夹的文件会自动读取。</translation>
    </message>
    <message>
        <source>Quick question from any program</source>
        <translation>在任何程序中快速提问</translation>
    </message>
    <message>
        <source>Quick question from any program global shortcut</source>
        <translation>在任何程序中快速提问 全局快捷键</translation>
    </message>
    <message>
        <source>Not available here: this desktop gives programs no keys outside their windows. In its own settings, give keys to the command {command}</source>
        <translation>此处不可用：这个桌面环境不允许程序在自己的窗口之外使用快捷键。可在系统设置中为此命令指定快捷键：{command}</translation>
    </message>
    <message>
        <source>Give “Quick question” keys below first.</source>
        <translation>请先在下面为“快速提问”设置快捷键。</translation>
    </message>
    <message>
        <source>Another program has {keys}. Give “Quick question” other keys below.</source>
        <translation>{keys} 已被其他程序占用。请在下面为“快速提问”换一个快捷键。</translation>
    </message>
    <message>
        <source>{keys} will not do: choose a key together with Ctrl or Alt below.</source>
        <translation>{keys} 不能用作全局快捷键：请在下面选择与 Ctrl 或 Alt 组合的按键。</translation>
    </message>
    <message>
        <source>{keys} opens it over whatever you work with. No other key is read.</source>
        <translation>无论您在用什么程序，按 {keys} 即可打开。不会读取任何其他按键。</translation>
    </message>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Of everything in the window. Ctrl + and Ctrl − change it anywhere.</source>
        <translation>作用于整个窗口。随时可用 Ctrl + 和 Ctrl − 调整。</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>密度</translation>
    </message>
    <message>
        <source>Compact shows more on small screens.</source>
        <translation>紧凑在小屏幕上显示更多内容。</translation>
    </message>
    <message>
        <source>Comfortable</source>
        <translation>舒适</translation>
    </message>
    <message>
        <source>Compact</source>
        <translation>紧凑</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Changes at once.</source>
        <translation>立即生效。</translation>
    </message>
    <message>
        <source>Screen reader</source>
        <translation>屏幕阅读器</translation>
    </message>
    <message>
        <source>What is spoken of an answer by itself while it is written.</source>
        <translation>书写回答时自动朗读的内容。</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不朗读</translation>
    </message>
    <message>
        <source>That it is finished</source>
        <translation>仅提示已完成</translation>
    </message>
    <message>
        <source>Each sentence as it comes</source>
        <translation>逐句朗读</translation>
    </message>
    <message>
        <source>Titles by the model</source>
        <translation>由模型生成标题</translation>
    </message>
    <message>
        <source>Chats get a better title while the model has nothing else to do.</source>
        <translation>模型空闲时为聊天取更好的标题。</translation>
    </message>
    <message>
        <source>Keep running in the tray</source>
        <translation>在托盘中继续运行</translation>
    </message>
    <message>
        <source>Only while the endpoint is on. Otherwise closing the window ends Doorstep.</source>
        <translation>仅在端点打开时有效；否则关闭窗口即退出 Doorstep。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>For the model that is loaded next.</source>
        <translation>对下一次加载的模型生效。</translation>
    </message>
    <message>
        <source>Context length</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>How much the model keeps in view at once. Longer takes more memory.</source>
        <translation>模型一次能看到多少内容。越长占用内存越多。</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV 缓存</translation>
    </message>
    <message>
        <source>8 bits need half the memory, at a small cost in quality.</source>
        <translation>8 位只需一半内存，质量略有下降。</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>Multi-token prediction</source>
        <translation>多词元预测</translation>
    </message>
    <message>
        <source>Drafts that the model checks: the same text, sooner. Adaptive measures.</source>
        <translation>先起草再由模型核对：文字不变，速度更快。自适应会实测决定。</translation>
    </message>
    <message>
        <source>Adaptive</source>
        <translation>自适应</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>始终</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word.</source>
        <translation>0 总是选最可能的词。</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>How much of the likely words is drawn from.</source>
        <translation>从多大比例的可能词中选取。</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Switches, keys and connections are on the Endpoint page.</source>
        <translation>开关、密钥和连接在“端点”页面。</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Where it listens when it is switched on next. 0 takes any free one.</source>
        <translation>下次打开时监听的端口。0 表示任意空闲端口。</translation>
    </message>
    <message>
        <source>Switch on at start</source>
        <translation>启动时打开</translation>
    </message>
    <message>
        <source>When the window opens next.</source>
        <translation>下次打开窗口时生效。</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Everything stays on this computer. Doorstep opens no connection by itself.</source>
        <translation>一切都留在这台电脑上。Doorstep 不会自行建立任何连接。</translation>
    </message>
    <message>
        <source>Keep prompt states on disk</source>
        <translation>在磁盘上保留提示状态</translation>
    </message>
    <message>
        <source>Long chats go on at once after a restart. The states hold what was written, in the model's own form. From the next load on.</source>
        <translation>重启后长聊天可立即继续。状态以模型自己的形式包含所写内容。从下次加载起生效。</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 词元</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Where Doorstep keeps things on this computer.</source>
        <translation>Doorstep 在这台电脑上的存放位置。</translation>
    </message>
    <message>
        <source>Conversations and documents</source>
        <translation>对话和文档</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Caches</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Copy path: {name}</source>
        <translation>复制路径：{name}</translation>
    </message>
</context>
<context>
    <name>SettingsControl</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>No prompt states are left on disk</source>
        <translation>磁盘上已没有提示状态</translation>
    </message>
    <message>
        <source>No longer watched; its documents stay</source>
        <translation>已停止监视，其中的文档仍保留</translation>
    </message>
    <message>
        <source>Path copied</source>
        <translation>路径已复制</translation>
    </message>
</context>
<context>
    <name>SettingsView</name>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>No setting has these words.</source>
        <translation>没有包含这些词的设置。</translation>
    </message>
</context>
<context>
    <name>ShelfBar</name>
    <message>
        <source>Back to the chats</source>
        <translation>返回聊天列表</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Chats are kept here for 30 days.</source>
        <translation>聊天在这里保留 30 天。</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Out of the way, and found when you search.</source>
        <translation>收在一旁，搜索时仍可找到。</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>放回</translation>
    </message>
</context>
<context>
    <name>ShelfControl</name>
    <message>
        <source>“{name}” is in the trash</source>
        <translation>“{name}”已移到回收站</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>{count} chats are in the trash</source>
        <translation>{count} 个聊天已移到回收站</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>已归档</translation>
    </message>
    <message>
        <source>{count} chats archived</source>
        <translation>已归档 {count} 个聊天</translation>
    </message>
    <message>
        <source>Delete this chat for good?</source>
        <translation>要永久删除这个聊天吗？</translation>
    </message>
    <message>
        <source>Delete 1 chat</source>
        <translation>删除 1 个聊天</translation>
    </message>
    <message>
        <source>Its messages are removed from this computer. No undo.</source>
        <translation>其中的消息将从这台电脑上删除，无法撤销。</translation>
    </message>
    <message>
        <source>Delete {count} chats for good?</source>
        <translation>要永久删除 {count} 个聊天吗？</translation>
    </message>
    <message>
        <source>Delete {count} chats</source>
        <translation>删除 {count} 个聊天</translation>
    </message>
    <message>
        <source>Their messages are removed from this computer. No undo.</source>
        <translation>其中的消息将从这台电脑上删除，无法撤销。</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新建文件夹</translation>
    </message>
    <message>
        <source>Name of the folder</source>
        <translation>文件夹名称</translation>
    </message>
    <message>
        <source>Create folder</source>
        <translation>创建文件夹</translation>
    </message>
</context>
<context>
    <name>ShortcutRow</name>
    <message>
        <source>Remove the keys</source>
        <translation>移除按键</translation>
    </message>
    <message>
        <source>Keys for {command}</source>
        <translation>{command}的按键</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Reset {command}</source>
        <translation>重置{command}</translation>
    </message>
    <message>
        <source>Also {keys}</source>
        <translation>另有 {keys}</translation>
    </message>
</context>
<context>
    <name>Shortcuts</name>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Click a field and press the keys. No single letter deletes a chat.</source>
        <translation>点击输入框并按下按键。任何单个字母键都不会删除聊天。</translation>
    </message>
    <message>
        <source>Reset all shortcuts</source>
        <translation>重置所有快捷键</translation>
    </message>
    <message>
        <source>{keys} belongs to “{command}”. Give that one other keys first.</source>
        <translation>{keys} 已属于“{command}”。请先为它换成其他按键。</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Sidebar</source>
        <translation>侧边栏</translation>
    </message>
    <message>
        <source>Menu (F10)</source>
        <translation>菜单（F10）</translation>
    </message>
    <message>
        <source>Hide sidebar</source>
        <translation>隐藏侧边栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新聊天</translation>
    </message>
    <message>
        <source>Start a new chat</source>
        <translation>开始新聊天</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索聊天</translation>
    </message>
    <message>
        <source>Nothing found. Try fewer or other words.</source>
        <translation>没有找到。请试试更少或其他的词。</translation>
    </message>
    <message>
        <source>There is nothing here.</source>
        <translation>这里什么都没有。</translation>
    </message>
    <message>
        <source>Your chats will be listed here.</source>
        <translation>您的聊天将列在这里。</translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>What this computer can run</source>
        <translation>这台电脑能运行什么</translation>
    </message>
    <message>
        <source>What you write stays here</source>
        <translation>您写的内容只留在这里</translation>
    </message>
    <message>
        <source>Chats, documents and models are on this computer alone. Doorstep opens no connection by itself, and what is deleted is kept in the trash for 30 days.</source>
        <translation>聊天、文档和模型只在这台电脑上。Doorstep 不会自行建立任何连接；删除的内容会在回收站保留 30 天。</translation>
    </message>
    <message>
        <source>A model to talk to</source>
        <translation>选择一个模型</translation>
    </message>
    <message>
        <source>A small starter model is here already, so that you can begin at once. Larger ones answer better: use a file that you have, or one of another program’s.</source>
        <translation>这里已有一个小型入门模型，可以立即开始。较大的模型回答更好：可使用您已有的文件，或其他程序的模型。</translation>
    </message>
    <message>
        <source>Choose another model…</source>
        <translation>选择其他模型…</translation>
    </message>
    <message>
        <source>Your first question</source>
        <translation>第一个问题</translation>
    </message>
    <message>
        <source>Choose one to change it, or write your own.</source>
        <translation>选一个来修改，或自己写。</translation>
    </message>
    <message>
        <source>How does a heat pump work?</source>
        <translation>热泵是怎样工作的？</translation>
    </message>
    <message>
        <source>Decline an invitation kindly.</source>
        <translation>婉拒一份邀请。</translation>
    </message>
    <message>
        <source>Give me three ideas for dinner.</source>
        <translation>给我三个晚餐建议。</translation>
    </message>
    <message>
        <source>Step {number} of {count}</source>
        <translation>第 {number} 步，共 {count} 步</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
</context>
<context>
    <name>SwitchCard</name>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Endpoint for coding agents</source>
        <translation>供编程助手使用的端点</translation>
    </message>
    <message>
        <source>For programs made for OpenAI or Anthropic, on this computer alone.</source>
        <translation>供兼容 OpenAI 或 Anthropic 的程序使用，仅限这台电脑。</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Copy key</source>
        <translation>复制密钥</translation>
    </message>
    <message>
        <source>Let other computers in</source>
        <translation>允许其他电脑使用</translation>
    </message>
    <message>
        <source>Those in your local network, with a key.</source>
        <translation>限局域网内持有密钥的电脑。</translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) now</source>
        <translation>
            <numerusform>当前 %n 个请求</numerusform>
        </translation>
    </message>
    <message>
        <source>On, no requests now.</source>
        <translation>已打开，当前没有请求。</translation>
    </message>
    <message>
        <source>It is off.</source>
        <translation>已关闭。</translation>
    </message>
    <message>
        <source>Not encrypted: who is in the same network can read what is sent, the key too. Use it only in a network that you trust.</source>
        <translation>未加密：同一网络中的人可以看到传输的内容，包括密钥。请只在可信的网络中使用。</translation>
    </message>
</context>
<context>
    <name>TextPages</name>
    <message>
        <source>Part {number}</source>
        <translation>第 {number} 部分</translation>
    </message>
    <message>
        <source>Text of the document</source>
        <translation>文档文字</translation>
    </message>
</context>
<context>
    <name>ThumbnailModel</name>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
</context>
<context>
    <name>Thumbnails</name>
    <message>
        <source>All pages</source>
        <translation>所有页面</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
    <message>
        <source>Undo: {what}</source>
        <translation>撤销：{what}</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>This message could not be loaded.</source>
        <translation>无法加载这条消息。</translation>
    </message>
    <message>
        <source>Thinking… {seconds} s</source>
        <translation>思考中… {seconds} 秒</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>Thought for {seconds} s</source>
        <translation>思考了 {seconds} 秒</translation>
    </message>
    <message>
        <source>{line}, unfolded</source>
        <translation>{line}，已展开</translation>
    </message>
    <message>
        <source>{line}, folded</source>
        <translation>{line}，已折叠</translation>
    </message>
    <message>
        <source>Result of {tool}</source>
        <translation>{tool} 的结果</translation>
    </message>
    <message>
        <source>Your message</source>
        <translation>您的消息</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>Tool result</source>
        <translation>工具结果</translation>
    </message>
    <message>
        <source>Interrupted. What was written is kept.</source>
        <translation>已中断。写好的内容已保留。</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Failed: {why}</source>
        <translation>失败：{why}</translation>
    </message>
    <message>
        <source>The answer could not be finished.</source>
        <translation>回答未能完成。</translation>
    </message>
    <message>
        <source>The text of this message was damaged on disk. This is what is left of it.</source>
        <translation>这条消息的文字在磁盘上已损坏，以下是剩余部分。</translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>cached {cached} of {total}</source>
        <translation>缓存 {cached} / {total}</translation>
    </message>
    <message>
        <source>Show all, {size}</source>
        <translation>全部显示，{size}</translation>
    </message>
    <message>
        <source>Show all {count} rows as text</source>
        <translation>以文本显示全部 {count} 行</translation>
    </message>
    <message>
        <source>Code, {language}, {count} lines</source>
        <translation>代码，{language}，{count} 行</translation>
    </message>
    <message>
        <source>plain</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Table, {count} rows</source>
        <translation>表格，{count} 行</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Diagram: {kind}</source>
        <translation>图表：{kind}</translation>
    </message>
    <message>
        <source>{language} · This diagram could not be drawn.</source>
        <translation>{language} · 无法绘制此图表。</translation>
    </message>
    <message>
        <source>Show source</source>
        <translation>显示源代码</translation>
    </message>
    <message>
        <source>Show diagram</source>
        <translation>显示图表</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Called {tool}</source>
        <translation>已调用 {tool}</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Open Doorstep</source>
        <translation>打开 Doorstep</translation>
    </message>
    <message>
        <source>Doorstep goes on</source>
        <translation>Doorstep 仍在运行</translation>
    </message>
    <message>
        <source>The endpoint is on. Quit Doorstep in this icon’s menu.</source>
        <translation>端点已打开。可在此图标的菜单中退出 Doorstep。</translation>
    </message>
    <message>
        <source>Doorstep – endpoint off</source>
        <translation>Doorstep – 端点已关闭</translation>
    </message>
    <message>
        <source>Doorstep – endpoint on at {address}, {count} now</source>
        <translation>Doorstep – 端点位于 {address}，当前请求 {count} 个</translation>
    </message>
</context>
<context>
    <name>WelcomeControl</name>
    <message>
        <source>Welcome to Doorstep</source>
        <translation>欢迎使用 Doorstep</translation>
    </message>
    <message>
        <source>It has {size} of memory and {cores} cores: enough for Step 3.5 Flash, the model that Doorstep is made for.</source>
        <translation>这台电脑有 {size} 内存和 {cores} 个核心，足以运行 Step 3.5 Flash，也就是 Doorstep 的主力模型。</translation>
    </message>
    <message>
        <source>It has {size} of memory and {cores} cores: enough for models of 8 to 14 billion parameters. Step 3.5 Flash needs about 118 GB and does not fit.</source>
        <translation>这台电脑有 {size} 内存和 {cores} 个核心，适合 80 亿到 140 亿参数的模型。Step 3.5 Flash 约需 118 GB，放不下。</translation>
    </message>
    <message>
        <source>It has {size} of memory and {cores} cores: enough for models of up to 4 billion parameters. Step 3.5 Flash needs about 118 GB and does not fit.</source>
        <translation>这台电脑有 {size} 内存和 {cores} 个核心，适合 40 亿参数以下的模型。Step 3.5 Flash 约需 118 GB，放不下。</translation>
    </message>
</context>
<context>
    <name>_Excepthook</name>
    <message>
        <source>Something went wrong inside Doorstep</source>
        <translation>Doorstep 内部出错了</translation>
    </message>
    <message>
        <source>Your conversations are stored. Go on, or close the window and open it again; what happened is in the log.</source>
        <translation>您的对话已保存。可以继续使用，也可以关闭窗口后重新打开；详情见日志。</translation>
    </message>
</context>
<context>
    <name>error_words</name>
    <message>
        <source>. </source>
        <translation>。</translation>
    </message>
    <message>
        <source>{first} {next}</source>
        <translation>{first}{next}</translation>
    </message>
    <message>
        <source>{name}: {cause}</source>
        <translation>{name}：{cause}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>Starter model</source>
        <translation>入门模型</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Loading, {percent} %</source>
        <translation>正在加载，{percent}%</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
    <message>
        <source>Not running</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>{state}. You can write already.</source>
        <translation>{state}。现在就可以写。</translation>
    </message>
    <message>
        <source>The model is not running.</source>
        <translation>模型未运行。</translation>
    </message>
    <message>
        <source>{state}, then your message is read</source>
        <translation>{state}，随后读取您的消息</translation>
    </message>
    <message>
        <source>Waiting for the model</source>
        <translation>正在等待模型</translation>
    </message>
    <message>
        <source>Reading {done} of {total} tokens</source>
        <translation>正在读取 {done} / {total} 词元</translation>
    </message>
    <message>
        <source>Reading the documents, pass {number} of {total}</source>
        <translation>正在阅读文档，第 {number} 批，共 {total} 批</translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>cached {cached} of {total}</source>
        <translation>缓存 {cached} / {total}</translation>
    </message>
    <message>
        <source>ended at the length limit</source>
        <translation>达到长度上限</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>It was started again and is ready.</source>
        <translation>已重新启动并就绪。</translation>
    </message>
    <message>
        <source>It is being started again.</source>
        <translation>正在重新启动。</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Endpoint off</source>
        <translation>端点已关闭</translation>
    </message>
    <message>
        <source>For coding agents</source>
        <translation>供编程助手使用</translation>
    </message>
    <message>
        <source>No requests now</source>
        <translation>暂无请求</translation>
    </message>
    <message>
        <source>1 request now</source>
        <translation>当前 1 个请求</translation>
    </message>
    <message>
        <source>{count} requests now</source>
        <translation>当前 {count} 个请求</translation>
    </message>
</context>
</TS>
