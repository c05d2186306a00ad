package shell_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/internal/shell"
	"github.com/enlist-dev/enlist/internal/shell/shelltest"
)

// hostile are texts that a shell changes or runs if they are not quoted.
var hostile = []string{
	"", "plain", "a b", "it's", `"`, `\`, `\\'\''`, "$SECRET", "${SECRET}", "$(touch a)", "`touch b`", "'; touch c; '", "!!", "a!b", `\!!`,
	"~", "~root", "=ls", "*", "?[a-z]*", "{a,b}", "#x", "-n", "--", "a=b", "%s%d%n", `\033[2J`, "\x1b]0;x\a", "\u009b2J", "é", "\u202ea",
	"$A", "$A_B", "$AB", "$A'$A_B\"$A", "''", "''''", "a\nb", "a\n!!\n$(touch d)\n", "\t", "\r\n", "a\x00b", "$A\n$A_B\n$AB\n%", "-\n", "\n\n", "&|;<>()",
}

var variables = map[string]string{"A": "first $SECRET '", "A_B": `second "\033 %s`, "SECRET": "secret"}

// expanded is a text as the command must pass it on.
func expanded(text string) string {
	return strings.NewReplacer("$A_B", variables["A_B"], "$A", variables["A"]).Replace(text)
}

// texts returns the hostile texts, and random ones made of them.
func texts(t *testing.T) []string {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	all := slices.Clone(hostile)
	for range 300 {
		text := ""
		for range 1 + random.IntN(6) {
			text += hostile[random.IntN(len(hostile))]
		}
		all = append(all, text)
	}
	return all
}

func TestWord(t *testing.T) {
	want := slices.DeleteFunc(texts(t), func(text string) bool { // no argument has these
		return strings.Contains(text, "\x00") || strings.HasSuffix(text, "\n")
	})
	command := "show"
	for _, text := range want {
		command += " " + shell.Word(text)
	}
	if !shell.IsPrintable(command) {
		t.Errorf("%q cannot be pasted", command)
	}
	for name, ran := range shelltest.Run(t, command, "show", variables) {
		compare(t, name, ran.Arguments, want)
	}
	if got := shell.Word("0b8f6a3e-5f0c"); got != "0b8f6a3e-5f0c" {
		t.Errorf("it quotes %s", got)
	}
}

func TestQuote(t *testing.T) {
	command, want := "show", []string{}
	for _, text := range texts(t) {
		if shell.IsPrintable(text) { // as in a command that is pasted
			command += " " + shell.Quote(text, "A", "A_B")
			want = append(want, expanded(text))
		}
	}
	for name, ran := range shelltest.Run(t, command, "show", variables) {
		compare(t, name, ran.Arguments, want)
	}
}

func TestPrintf(t *testing.T) {
	printf, want := "{ ", []string{}
	for _, text := range texts(t) {
		one := shell.Printf(text, "A", "A_B")
		if !shell.IsPrintable(one) {
			t.Errorf("%q cannot be pasted", one)
		}
		printf += one + "; printf '<end>'; "
		want = append(want, expanded(text))
	}
	for name, ran := range shelltest.Run(t, printf+"} | show @-", "show", variables) {
		compare(t, name, strings.Split(strings.TrimSuffix(ran.Stdin, "<end>"), "<end>"), want)
	}
}

func compare(t *testing.T, shell string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s passes %d texts, want %d", shell, len(got), len(want))
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s passes %q, want %q", shell, got[i], want[i])
		}
	}
}
