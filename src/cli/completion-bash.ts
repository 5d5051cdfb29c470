/** Completion for bash 3.2 and later. */
import type { CommandWords, Offer, OptionWords, ShellWords } from "./shell-words.ts";

export function completionForBash({ globals, commands, next }: ShellWords): string {
  const valued = globals.filter(({ value }) => value !== null).flatMap(namesOf);
  return `# bash completion for bsk. Use: source <(bsk completion bash)
_bsk_networks() {
  local file names="mainnet testnet regtest"
  for file in "\${BSK_HOME:-\${XDG_CONFIG_HOME:-$HOME/.config}/bsk}"/networks/*.json; do
    [ -e "$file" ] && file=\${file##*/} && names="$names \${file%.json}"
  done
  printf '%s' "$names"
}

_bsk_offer() { # KIND [WORDS]
  case $1 in
    words) COMPREPLY=($(compgen -W "$2" -- "$cur")) ;;
    network) COMPREPLY=($(compgen -W "$(_bsk_networks)" -- "$cur")) ;;
    command) COMPREPLY=($(compgen -W "${topWords(next)}" -- "$cur")) ;;
    directory) compopt -o dirnames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
    file) compopt -o default 2>/dev/null; COMPREPLY=() ;;
  esac
}

# The words that can follow a path, and how a path's options and arguments complete.
_bsk_next() {
  case $1 in
${[...next].map(([prefix, words]) => `    ${quote(prefix)}) printf '%s' ${quote(words.map(({ word }) => word).join(" "))} ;;`).join("\n")}
  esac
}

_bsk_options() {
  case $1 in
${commands.map(({ path, options }) => `    ${quote(path)}) printf '%s' ${quote(options.flatMap(namesOf).join(" "))} ;;`).join("\n")}
  esac
}

_bsk_option_value() { # PATH OPTION; fails if the option takes no value
  case $1:$2 in
${globals
  .filter(hasValue)
  .map((option) => `    ${patterns("*", option)}) ${offer(option.value)} ;;`)
  .join("\n")}
${commands.flatMap(({ path, options }) => options.filter(hasValue).map((option) => `    ${patterns(quote(path), option)}) ${offer(option.value)} ;;`)).join("\n")}
    *) return 1 ;;
  esac
}

_bsk_argument() { # PATH POSITION
  case $1:$2 in
${commands.flatMap(argumentCases).join("\n")}
  esac
}

_bsk() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path="" position=0 i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${valued.join("|")}) i=$((i + 1)); continue ;;
      -*) if ((i + 1 < COMP_CWORD)) && _bsk_option_value "$path" "$word"; then i=$((i + 1)); fi; continue ;;
    esac
    if ((position == 0)) && [[ " $(_bsk_next "$path") " == *" $word "* ]]; then path="\${path:+$path }$word"
    else position=$((position + 1)); fi
  done
  COMPREPLY=()
  if [[ $prev == -* ]] && _bsk_option_value "$path" "$prev"; then return; fi
  case $cur in
    -*) COMPREPLY=($(compgen -W "$(_bsk_options "$path") ${globals.flatMap(namesOf).join(" ")} --help" -- "$cur")) ;;
    *)
      ((position == 0)) && COMPREPLY=($(compgen -W "$(_bsk_next "$path")" -- "$cur"))
      [ \${#COMPREPLY[@]} -eq 0 ] && _bsk_argument "$path" "$position"
      ;;
  esac
  return 0
}
complete -F _bsk bsk
`;
}

function argumentCases({ path, args, rest }: CommandWords): readonly string[] {
  return args.map((value, i) => {
    const position = rest && i === args.length - 1 ? "*" : String(i);
    return `    ${quote(path)}:${position}) ${offer(value)} ;;`;
  });
}

function offer(value: Offer): string {
  return "words" in value ? `_bsk_offer words ${quote(value.words.join(" "))}` : `_bsk_offer ${value.kind}`;
}

function patterns(path: string, option: OptionWords): string {
  return namesOf(option)
    .map((name) => `${path}:${name}`)
    .join("|");
}

function namesOf({ long, short }: OptionWords): readonly string[] {
  return short === null ? [long] : [short, long];
}

function hasValue(option: OptionWords): option is OptionWords & { readonly value: Offer } {
  return option.value !== null;
}

function topWords(next: ShellWords["next"]): string {
  return (next.get("") ?? []).map(({ word }) => word).join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
