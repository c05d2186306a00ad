package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/enlist-dev/enlist/bench/byhand"
)

// usage is what a subject has used since its start, with its PostgreSQL server.
type usage struct {
	cpu      float64 // µs
	database float64 // of cpu, the PostgreSQL server's
	written  float64 // bytes to disk, without the PostgreSQL server's
	log      float64 // bytes of PostgreSQL's WAL
	byhand.Allocations
}

// usage reads the counters of the processes.
func (s *subject) usage(ctx context.Context) (u usage, err error) {
	if s.server != nil {
		counters, err := s.server.counters(ctx)
		if err != nil {
			return u, err
		}
		u.cpu, u.database, u.log = counters.cpu, counters.cpu, counters.log
	}
	for _, command := range s.commands {
		pid := command.Process.Pid
		fields, err := processStatus(pid)
		if err != nil {
			return u, err
		}
		cpu, err := ticks(fields[11:13])
		if err != nil {
			return u, err
		}
		written, err := processWritten(pid)
		if err != nil {
			return u, err
		}
		u.cpu, u.written = u.cpu+cpu, u.written+written
	}
	for _, url := range s.stats {
		one, err := allocatedBy(ctx, url)
		if err != nil {
			return u, err
		}
		u.Objects, u.Bytes = u.Objects+one.Objects, u.Bytes+one.Bytes
	}
	return u, nil
}

// processStatus returns the fields of /proc/PID/stat after the name.
func processStatus(pid int) ([]string, error) {
	return statusIn(fmt.Sprint("/proc/", pid))
}

// statusIn is processStatus for the folder of a process or a thread.
func statusIn(folder string) ([]string, error) {
	text, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.Fields(rest), nil
}

// ticks adds up CPU times of /proc/PID/stat, in µs.
func ticks(fields []string) (float64, error) {
	const tick = 10_000 // µs; USER_HZ is 100 on Linux
	var sum int64
	for _, field := range fields {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return float64(sum) * tick, nil
}

// processWritten returns the bytes that a process has caused to be written to disk.
func processWritten(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "\nwrite_bytes: ")
	number, _, _ := strings.Cut(rest, "\n")
	return strconv.ParseFloat(number, 64)
}

// resident returns the memory of the first process, in KiB.
func (s *subject) resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.commands[0].Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return strconv.ParseFloat(number, 64)
}

func allocatedBy(ctx context.Context, url string) (made byhand.Allocations, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return made, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return made, err
	}
	defer func() { _ = response.Body.Close() }()
	if !strings.HasSuffix(url, "/metrics") {
		return made, json.NewDecoder(response.Body).Decode(&made)
	}
	return readMetrics(response.Body)
}

func readMetrics(text io.Reader) (made byhand.Allocations, err error) {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "go_memstats_mallocs_total":
			made.Objects, err = strconv.ParseFloat(value, 64)
		case "go_memstats_alloc_bytes_total":
			made.Bytes, err = strconv.ParseFloat(value, 64)
		}
	}
	return made, errors.Join(err, lines.Err())
}
