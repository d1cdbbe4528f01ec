files-type-refused = “{ $name }” is not of a kind that is taken. Only PDF, PNG, JPEG, DOCX and XLSX are, judged by the file's content.
files-extension-disagrees = The extension of “{ $name }” does not agree with its content (which is { $found }). Rename it or send another file.
files-macros-refused = “{ $name }” holds macros and is not taken. Save it without macros or export it as PDF.
files-empty = “{ $name }” is empty.
files-too-large = “{ $name }” is larger than { $megabytes } MB.
files-not-found = There is no such file.
