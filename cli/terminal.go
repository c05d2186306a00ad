package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// terminalSize returns the size of the terminal behind a stream. It reports whether the stream has
// one.
func terminalSize(stream any) (columns, lines int, is bool) {
	file, isFile := stream.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return 0, 0, false
	}
	columns, lines, err := term.GetSize(int(file.Fd()))
	return columns, lines, err == nil && columns > 0
}

// confirmed asks a question, and reports whether the next line of the input is a yes.
func (s *streams) confirmed(question string) bool {
	_, _ = fmt.Fprintf(s.err, "%s Type yes: ", question)
	line, _ := bufio.NewReader(s.in).ReadString('\n')
	return strings.TrimSpace(line) == "yes"
}

// cutLines cuts each line of a text to a number of columns, unless that is 0. A cut line ends with
// an ellipsis.
func cutLines(text string, columns int) string {
	var cut strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); columns > 0 && utf8.RuneCountInString(line) > columns {
			line = string([]rune(line)[:columns-1]) + "…"
		}
		cut.WriteString(line + "\n")
	}
	return cut.String()
}
