package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// The tables of -write stand between these in a file.
const (
	document = "docs/performance.md"
	begins   = "<!-- bench: made by make bench-peers -->\n"
	ends     = "<!-- end of bench -->\n"
)

// publish prints the report. With -write, the report also replaces the one in the documentation.
func (p *plan) publish(ctx context.Context, r *results) error {
	report := strings.Join([]string{p.conditions(ctx), r.targets(), r.creations(), r.storage(), r.calls()}, "\n")
	if _, err := fmt.Print(report); err != nil || !p.write {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begins)
	_, after, ended := strings.Cut(rest, ends)
	if !found || !ended {
		return errors.New(document + " lacks the markers of the bench")
	}
	return os.WriteFile(document, []byte(before+begins+"\n"+report+"\n"+ends+after), 0o600)
}

// conditions says where and when the run was.
func (p *plan) conditions(ctx context.Context) string {
	commit, _ := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	processors, _ := os.ReadFile("/proc/cpuinfo")
	model := "an unknown processor"
	if found := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(processors); found != nil {
		model = string(found[1])
	}
	average, _ := os.ReadFile("/proc/loadavg")
	load, _, _ := strings.Cut(string(average), " ")
	return fmt.Sprintf("Measured on %s, commit %s, Linux on %d cores of %s, load average %s at the end, %s:\n"+
		"%d rounds, %g s per series. A figure is the median of the rounds, with the middle half in parentheses.\n",
		time.Now().UTC().Format(time.DateOnly), strings.TrimSpace(string(commit)), runtime.NumCPU(), model, load,
		strings.Replace(runtime.Version(), "go", "Go ", 1), p.rounds, p.seconds)
}
