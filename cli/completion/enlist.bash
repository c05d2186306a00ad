# Completes enlist in bash: source <(enlist completion bash)
_enlist() {
  local line="${COMP_LINE:0:COMP_POINT}" words word completion
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word="${words[${#words[@]}-1]}"
  COMPREPLY=()
  while IFS=$'\t' read -r completion _; do
    # Readline takes the part after "=" for the word to complete.
    [[ $word == --*=* && $COMP_WORDBREAKS == *=* ]] && completion="${completion#*=}"
    COMPREPLY+=("$completion")
  done < <("${words[0]}" complete "${words[@]:1}" 2> /dev/null)
}
complete -o default -F _enlist enlist
