package main

import (
	"errors"
	"fmt"
	"os"
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
func (p *plan) publish(r *results) error {
	report := strings.Join([]string{
		r.conditions(), "## Targets\n", r.targets(), "## A creation\n", r.creations(), "## Bytes of a creation\n", r.storage(), "## All series\n", r.calls(),
	}, "\n")
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
func (r *results) conditions() string {
	processors, _ := os.ReadFile("/proc/cpuinfo")
	model := "an unknown processor"
	if found := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(processors); found != nil {
		model = string(found[1])
	}
	average, _ := os.ReadFile("/proc/loadavg")
	load, _, _ := strings.Cut(string(average), " ")
	return fmt.Sprintf("Measured on %s at commit %s, %s:\n"+
		"Linux on %d cores of %s, load average %s at the end.\n"+
		"%d rounds, %g s per series. A figure is the median of the rounds, with the middle half of them\nin parentheses.\n",
		time.Now().UTC().Format(time.DateOnly), r.commit, strings.Replace(runtime.Version(), "go", "Go ", 1),
		runtime.NumCPU(), model, load, r.rounds, r.seconds)
}
