#compdef enlist
# Completes enlist in zsh: source <(enlist completion zsh)
_enlist() {
  local -a lines completions
  local line
  lines=("${(@f)$("${words[1]}" complete "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  for line in $lines; do
    completions+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( $#completions )); then
    _describe enlist completions
  else
    _files
  fi
}
compdef _enlist enlist
