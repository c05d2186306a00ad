package docs

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// README.md is short, and its lines fit an editor.
func TestReadmeIsShort(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) > 150 || len(text) > 10_000 {
		t.Errorf("README.md has %d lines and %d bytes; 150 and 10,000 are allowed", len(lines), len(text))
	}
	for i, line := range lines {
		if utf8.RuneCountInString(line) > 100 && !strings.HasPrefix(line, "|") {
			t.Errorf("line %d has more than 100 columns", i+1)
		}
	}
}

// Every command and every program of README.md works as printed.
func TestReadme(t *testing.T) {
	for _, needs := range [][]string{{"curl", "--version"}, {"bash", "-c", "PATH=../.tools/bin:$PATH grpcurl -version"}, clients()["Python"].needs} {
		require(t, exec.CommandContext(t.Context(), needs[0], needs[1:]...).Run(), "it needs curl, grpcurl (make tools), and Python 3.10 or later with venv")
	}
	repository(t)
	window := newTerminal(t)
	for _, b := range blocks(t, "../README.md") {
		window.do(t, b)
	}
	created := sandboxtest.Created(t, window.real("http://127.0.0.1:8090"), "opencell")
	if len(created) != 3 || created["DEMO-1"] != 1 || created["LOST"] != 1 || created["PY-1"] != 1 {
		t.Errorf("the vendor has %v", created)
	}
}

// demo.svg shows what the demo prints.
func TestDemoPicture(t *testing.T) {
	window := newTerminal(t)
	demo := exec.CommandContext(t.Context(), build(t), "demo", "--grpc-address", window.addresses["127.0.0.1:9090"],
		"--http-address", window.addresses["127.0.0.1:8080"], "--sandbox-address", window.addresses["127.0.0.1:8090"])
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	printed := "$ go run . demo\n"
	for lines := bufio.NewScanner(out); lines.Scan(); {
		printed += lines.Text() + "\n"
		if strings.HasSuffix(lines.Text(), "enlist.v1.CustomerService/GetCustomer") { // the last line
			break
		}
	}
	if err := errors.Join(demo.Process.Signal(syscall.SIGTERM), demo.Wait()); err != nil {
		t.Fatal(err)
	}
	generated(t, "demo.svg", picture(window.shown(printed)))
}

// picture draws text as a terminal of 80 columns. It truncates longer lines.
func picture(text string) string {
	const columns, lineHeight, columnWidth, margin = 80, 20, 8.43, 16
	lines := strings.Split(strings.TrimSpace(text), "\n")
	height := len(lines)*lineHeight + 2*margin
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`+"\n",
		columns*columnWidth+2*margin, height)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>`+"\n")
	for i, line := range lines {
		shown := []rune(line)
		if len(shown) == 0 {
			continue
		}
		if len(shown) > columns {
			shown = append(shown[:columns-1], '…')
		}
		colour := "#e6edf3"
		if i == 0 {
			colour = "#7ee787"
		}
		var escaped bytes.Buffer
		_ = xml.EscapeText(&escaped, []byte(string(shown)))
		fmt.Fprintf(&out, `<text x="%d" y="%d" fill="%s" xml:space="preserve" textLength="%.0f" lengthAdjust="spacing">%s</text>`+"\n",
			margin, margin+i*lineHeight+15, colour, float64(len(shown))*columnWidth, escaped.String())
	}
	out.WriteString("</svg>\n")
	return out.String()
}
