# Completes enlist in fish: enlist completion fish | source
function __enlist_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    $words[1] complete $words[2..] (commandline --current-token --cut-at-cursor) 2>/dev/null
end
complete --command enlist --no-files --condition 'count (__enlist_complete) >/dev/null' --arguments '(__enlist_complete)'
