<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to anything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move chat to trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the message field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jump to latest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop answering</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit last message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy last answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy last code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quote selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pin or unpin chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive or unarchive chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch endpoint on or off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit Doorstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>No action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClipboardControl</name>
    <message>
        <source>The answer is on the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The code is on the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to copy yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the next message: it waits for its turn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComposerControl</name>
    <message>
        <source>summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>translate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>proofread</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>explain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summarise this in {{number}} sentences:

</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translate into {{language}}:

</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct spelling and grammar, change nothing else:

</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain {{topic}} in plain words, with an example.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ContextMeter</name>
    <message>
        <source>Too long: {tokens} of {limit} tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shorten the message, or open the model with a longer context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The first %n message(s) will be left out</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The prompt takes {tokens} of {limit} tokens. The oldest messages no longer fit; they stay in the chat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{tokens} of {limit} tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the next message takes of the model's context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationControl</name>
    <message>
        <source>{count} queued messages were cleared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>New name of the chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Chats</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationModel</name>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConversationPage</name>
    <message>
        <source>Jump to latest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quote the selection in your message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Ask anything. It stays on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain something</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain in plain words: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a reply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a short, friendly reply to this message:
</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a mistake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find the mistake in this:
</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EndpointChip</name>
    <message>
        <source>Endpoint address and key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy key</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EndpointSwitch</name>
    <message>
        <source>Address copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key copied</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EngineControl</name>
    <message>
        <source>It is being started again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EntryModel</name>
    <message>
        <source>Commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Documents</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>It is too large to be a chat template.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It calls itself without end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It needs too much memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It made a mistake ({0}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {0}: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is nested too deep.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be read ({0}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client's settings have changed meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is not as it was shown, so it is left alone. Look at the change again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client's own settings cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} cannot be opened as text, so it is left alone. Use --print and add what it says by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The client's settings cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system says of {0}: {1}. Nothing was changed in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is not plain {0}, so it is left alone. Use --print and add what it says by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such file any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is still being loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine keeps stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stopped more than {0} times within a minute, so Doorstep waits. {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be started: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fast path of the engine does not work on this computer, so Doorstep uses the safe one. Answers are the same, a little slower.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The required form is not usable: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This request cannot be run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The conversation is too long for this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has {0} tokens and the model reads at most {1}. Start a new chat, shorten the last message, or choose a model with a longer context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} What was written so far is kept. Try again, or choose a smaller model or context if it happens repeatedly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine is not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart it, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The {0} engine is not installed here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install Doorstep again with all its parts, or choose another engine with --engine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file is not a usable model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1} Download the model again, or choose another file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model cannot be run here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1} Choose another model, or a newer version of Doorstep.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} makes no embeddings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It writes text. Load an embedding model, such as a GGUF of Qwen3-Embedding, for this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not enough memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} Close other programs, or choose a smaller model or a shorter context.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It ended with code {0}{1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system ended it (signal 9), which usually means that memory ran out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It used an instruction that this processor does not have (signal 4).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It crashed ({0}){1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine did not answer in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} must be a number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} must be between {1} and {2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most {0} stop strings are allowed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stop string must have 1 to {0} characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keep_as must be small letters, digits and hyphens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a script of replies ({0}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The script failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it was told to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine made a mistake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It reported {0} and is being restarted. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No such model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model called {0}, neither as a file nor in {1}. Give the path of a .gguf file, put one into that folder, or use --model starter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is not a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has no config.json and is not a .gguf file. Choose a .gguf file, or a folder in Hugging Face layout.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The starter model is not installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run `make run` again to install it, or give the path of a .gguf file with --model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port {0} is in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program listens there. Stop it, or choose another port with --port (0 takes any free one).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data folder cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1}. Make it writable, or choose another folder with --data-dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These conversations belong to a newer Doorstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was written by a newer version and has been left untouched. Install that version or a later one, or choose another folder with --data-dir.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The conversations cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1}. The file has been left untouched. Restore a backup of it, or choose another folder with --data-dir to start anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The conversations are in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program holds {0}. Close it, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing more can be saved in {0}. Free some space, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model's chat template cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} Choose another model, or a newer version of this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This answer cannot be continued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It ends in a tool call, and a call cannot be taken up in the middle. Ask for a new answer instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This answer cannot be replayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was written before Doorstep kept the seed of each answer. Ask for a new answer; that one can be replayed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model did not call the tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A tool call was demanded, and the model ended without one. Ask again, or leave the choice to the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer does not follow the schema</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model was asked for JSON of a certain form and wrote something else. Ask again, and describe the form in the prompt too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The document cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is cut off or damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not say which architecture it has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it claims more layers than any model has.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name of this part is impossible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its part {0} is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its field {0} is impossible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no engine called {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use auto, gguf, mlx, or scripted:FILE.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No such script</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is not a file. Give the path of a JSON file of replies.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the gguf engine opens .gguf files, not folders; get the model as GGUF.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a GGUF file, whatever its name says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the mlx engine opens folders in Hugging Face layout, not .gguf files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} needs {1} GB, this computer has {2} GB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read ({0}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the key: up to 40 letters, digits, dots and dashes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a key called {0} already. Revoke it first, or take another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no key called {0}. `doorstep keys list` names them all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has no usable keyring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Named keys are kept in it and nowhere else. Unlock or install one, or set DOORSTEP_API_KEY to a key of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network needs a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without one everybody in the network could use this computer's model. Leave out --no-key, or do not open the endpoint to the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The key is too short for the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set DOORSTEP_API_KEY to at least {0} characters, or unset it to use the key that Doorstep made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port {0} cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system says: {0}. Choose another port with --port (0 takes any free one).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The port must be between 0 and 65535.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings could not be read, so the usual ones are in force. The old file is kept as settings.damaged; your conversations are not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>updating it would change the rows of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>updating it would break references</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>updating it failed ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} Until then the starter model is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Until then the starter model is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine could not compute the next tokens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The prompt is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>llama.cpp cannot read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its architecture, {0}, is not known to this version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} does not fit into memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a GGUF file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} with a context of {1} tokens does not fit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its config.json has {0}, which is not known here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>config.json has no {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>config.json cannot be used: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has {1} GB of weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has no config.json. Choose the folder that holds the model's files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a file of its weights is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mlx-lm cannot load it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its model type is {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the tokenizer is missing or damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>these MTP layers belong to another model. Remove the file or make it anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file {0} is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no safetensors file in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it names files outside of the folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of its files is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous hit (Shift+F3)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next hit (F3)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Groups</name>
    <message>
        <source>Pinned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous 30 days</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LinkControl</name>
    <message>
        <source>This link was not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only web addresses (http and https) are opened. It says: {url}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LinkDialog</name>
    <message>
        <source>Open this link?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open this link in your browser?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It leaves Doorstep and goes to {host}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageActions</name>
    <message>
        <source>Actions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Branch into a new chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous variant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next variant</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageControl</name>
    <message>
        <source>An answer is being written. Stop it first, or wait for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} (branch)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a new chat that begins like the other</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Edited message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelChip</name>
    <message>
        <source>Restart engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Architecture: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reads up to {count} tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File: {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory: {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine: {name}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NavList</name>
    <message>
        <source>{page} ({keys})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Navigation</name>
    <message>
        <source>Chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Show sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the chat (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Pages</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Search chats, messages and commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found. Try fewer or other words.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PresetButton</name>
    <message>
        <source>Standard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions and sampling for this chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change this preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prompts…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PresetDialog</name>
    <message>
        <source>New preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model should know or do in every answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 always takes the likeliest word; higher is livelier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the likeliest words that make up this share are taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PromptPopup</name>
    <message>
        <source>Prompts</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PromptsDialog</name>
    <message>
        <source>Prompts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, to be typed after a slash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text; {{topic}} is a gap to fill in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type / and a name at the beginning of a message to use a prompt.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QueueStrip</name>
    <message>
        <source>Send next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queued messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} queued, waiting for you. Esc clears them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} queued, {more} not shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} queued, sent one after another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit queued message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove queued message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RowMenu</name>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move {count} chats to trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of them cached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read in {seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} tokens per step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accepted {shares}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You stopped it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At the length limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>temperature {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the run card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer again with the same settings and seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The replay wrote the same {count} characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The replay first differs at character {at}.

Before: {before}
Now: {after}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(end)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingsControl</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings are kept in {path}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShelfBar</name>
    <message>
        <source>Back to the chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chats are kept here for 30 days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Out of the way, and found when you search.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put back</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShelfControl</name>
    <message>
        <source>“{name}” is in the trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} chats are in the trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} chats archived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete this chat for good?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete 1 chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {count} chats for good?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete {count} chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their messages are removed from this computer. No undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu (F10)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a new chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found. Try fewer or other words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your chats will be listed here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo: {what}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>This message could not be loaded.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Excepthook</name>
    <message>
        <source>Something went wrong inside Doorstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your conversations are stored. Go on, or close the window and open it again; what happened is in the log.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading, {percent} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{state}. You can write already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is not running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{state}, then your message is read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading {done} of {total} tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cached {cached} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended at the length limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was started again and is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is being started again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoint off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For coding agents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On, no requests now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 request now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} requests now</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
