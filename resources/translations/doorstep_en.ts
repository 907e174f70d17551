<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AttachmentControl</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Citations</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} of %n quote(s) verified.</source>
        <translation>
            <numerusform>{count} of %n quote verified.</numerusform>
            <numerusform>{count} of %n quotes verified.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n passage(s)</source>
        <translation>
            <numerusform>%n passage</numerusform>
            <numerusform>%n passages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>of %n document(s)</source>
        <translation>
            <numerusform>of %n document</numerusform>
            <numerusform>of %n documents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Read {count} of %n page(s), in passes.</source>
        <translation>
            <numerusform>Read {count} of %n page, in passes.</numerusform>
            <numerusform>Read {count} of %n pages, in passes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Read {count} of %n page(s).</source>
        <translation>
            <numerusform>Read {count} of %n page.</numerusform>
            <numerusform>Read {count} of %n pages.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CollectionsControl</name>
    <message numerus="yes">
        <source>%n document(s) taken out of “{name}”</source>
        <translation>
            <numerusform>%n document taken out of “{name}”</numerusform>
            <numerusform>%n documents taken out of “{name}”</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CoverageDialog</name>
    <message numerus="yes">
        <source>Read everything, in %n pass(es)</source>
        <translation>
            <numerusform>Read everything, in %n pass</numerusform>
            <numerusform>Read everything, in %n passes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n page(s).</source>
        <translation>
            <numerusform>%n page.</numerusform>
            <numerusform>All %n pages.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryModel</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s) read by OCR</source>
        <translation>
            <numerusform>%n page read by OCR</numerusform>
            <numerusform>%n pages read by OCR</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryPageControl</name>
    <message numerus="yes">
        <source>Remove %n document(s)?</source>
        <translation>
            <numerusform>Remove %n document?</numerusform>
            <numerusform>Remove %n documents?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n document(s)</source>
        <translation>
            <numerusform>Remove %n document</numerusform>
            <numerusform>Remove %n documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LibraryView</name>
    <message numerus="yes">
        <source>%n passage(s) found</source>
        <translation>
            <numerusform>%n passage found</numerusform>
            <numerusform>%n passages found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%n document</numerusform>
            <numerusform>%n documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SwitchCard</name>
    <message numerus="yes">
        <source>%n request(s) now</source>
        <translation>
            <numerusform>%n request now</numerusform>
            <numerusform>%n requests now</numerusform>
        </translation>
    </message>
</context>
</TS>
