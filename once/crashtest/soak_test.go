package crashtest_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

var (
	soak     = flag.Duration("crash.soak", 0, "how long TestSoak goes on; 0: it is skipped")
	soakRate = flag.Int("crash.soakrate", 8, "creates a second of TestSoak")
)

// sampleEvery is how often TestSoak measures the process.
const sampleEvery = 10 * time.Second

// TestSoak keeps one process under steady load for a long time, while all vendors fail at random.
// Memory, goroutines and open files must stay level, and every creation must end as one customer.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("-crash.soak is not set")
	}
	c := chanceOf(t.Name())
	w := newWorld(t, c, func() string { return "" }, func(string) { t.Error("the server was killed") }, func(config *configv1.Config) {
		config.Journal.FinishWithin = nil
		config.Admin = &configv1.Admin{Address: "127.0.0.1:0"}
	})
	ctx := t.Context()
	p := w.server(ctx)
	if p == nil {
		t.Fatal("the server does not serve")
	}

	load, end := context.WithTimeout(ctx, *soak)
	defer end()
	all := vendors()
	var others sync.WaitGroup
	others.Go(func() { troubles(load, w, all) })
	others.Go(func() { reads(load, w, all) })
	var samples []sample
	others.Go(func() { samples = watch(load, t, p) })
	creates := steadily(load, w, all)
	others.Wait()

	found := verify(ctx, w, creates)
	found.rounds = 1
	time.Sleep(3 * time.Second)
	after := look(t, p)
	t.Logf("\n%s\n%d creations, %d duplicates, %d lost, %d contradicted, %d for a person\nat rest: %s", journey(samples), found.creates, found.duplicates,
		found.lost, found.contradicted, found.needsPerson, after)
	if w.server(ctx) != p {
		t.Error("the process is another one")
	}
	level(t, samples)
}

// steadily makes the same number of creations each second at all vendors, and returns them when all
// callers are done.
func steadily(ctx context.Context, w *world, all []vendor) (creates []*create) {
	tick := time.NewTicker(time.Second / time.Duration(*soakRate))
	defer tick.Stop()
	var callers sync.WaitGroup
	defer callers.Wait()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return creates
		case <-tick.C:
		}
		v := &all[i%len(all)]
		c := requestsFor(w.chance, v, 1, v.onExisting)[0]
		creates = append(creates, c)
		for _, m := range mannersOf(w.chance) {
			callers.Go(func() {
				within, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
				defer cancel()
				c.pursue(within, w, m)
			})
		}
	}
}

// troubles injects random faults at all vendors.
func troubles(ctx context.Context, w *world, all []vendor) {
	for sleep(ctx, time.Second) {
		disturb(w, &all[w.upTo(len(all))], 3)
	}
}

// reads sends the callers' requests other than creations.
func reads(ctx context.Context, w *world, all []vendor) {
	for i := 0; sleep(ctx, 100*time.Millisecond); i++ {
		p := w.server(ctx)
		if p == nil {
			return
		}
		v := &all[i%len(all)]
		within, cancel := context.WithTimeout(ctx, 5*time.Second)
		switch i % 4 {
		case 0:
			_, _ = p.customers.GetCustomer(within, &enlistv1.GetCustomerRequest{Provider: v.name, CustomerId: "K" + strconv.Itoa(i)})
		case 1:
			_, _ = p.customers.ListContractors(within, &enlistv1.ListContractorsRequest{Provider: "sellandsign", CustomerId: "K1"})
		case 2:
			_, _ = p.operations.ListOperations(within, &enlistv1.ListOperationsRequest{Provider: "-", PageSize: 50})
		case 3:
			request := v.request(fail)
			request.ValidateOnly = true
			_, _ = p.createOverREST(within, request)
		}
		cancel()
	}
}

// sample is the process at a moment.
type sample struct {
	at         time.Duration
	residentKB int
	heapKB     int // alive
	goroutines int
	threads    int
	files      int
}

func (s sample) String() string {
	return fmt.Sprintf("%5.0f s: resident %6.1f MiB, heap %6.1f MiB, %4d goroutines, %3d threads, %4d open files",
		s.at.Seconds(), float64(s.residentKB)/1024, float64(s.heapKB)/1024, s.goroutines, s.threads, s.files)
}

// watch takes samples until the context ends.
func watch(ctx context.Context, t *testing.T, p *process) (samples []sample) {
	began := time.Now()
	for sleep(ctx, sampleEvery) {
		s := look(t, p)
		s.at = time.Since(began)
		samples = append(samples, s)
	}
	return samples
}

func look(t *testing.T, p *process) (s sample) {
	t.Helper()
	pid := p.command.Process.Pid
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		number, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch name {
		case "VmRSS":
			s.residentKB = number
		case "Threads":
			s.threads = number
		}
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	s.files = len(files)
	shown := metricsOf(t, p)
	s.heapKB, s.goroutines = int(shown["go_memstats_heap_inuse_bytes"])>>10, int(shown["go_goroutines"])
	return s
}

// metricsOf returns the metrics without labels of the admin port.
func metricsOf(t *testing.T, p *process) map[string]float64 {
	t.Helper()
	answer, err := http.Get("http://" + p.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	shown := map[string]float64{}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		shown[name], _ = strconv.ParseFloat(value, 64)
	}
	return shown
}

// journey shows about twelve of the samples.
func journey(samples []sample) string {
	var lines []string
	for i := 0; i < len(samples); i += max(len(samples)/12, 1) {
		lines = append(lines, samples[i].String())
	}
	return strings.Join(lines, "\n")
}

// level asserts that the last quarter of the run is like the third. In the first half caches grow:
// those of SQLite alone to 40 MiB, when the journal is as large.
func level(t *testing.T, samples []sample) {
	t.Helper()
	if len(samples) < 8 {
		t.Fatalf("%d samples are too few", len(samples))
	}
	quarter := len(samples) / 4
	early, late := samples[2*quarter:3*quarter], samples[len(samples)-quarter:]
	for name, of := range map[string]func(sample) int{
		"resident KiB": func(s sample) int { return s.residentKB }, "heap KiB": func(s sample) int { return s.heapKB },
		"goroutines": func(s sample) int { return s.goroutines }, "threads": func(s sample) int { return s.threads },
		"open files": func(s sample) int { return s.files },
	} {
		before, now := median(early, of), median(late, of)
		t.Logf("%s: median of the third quarter %d, of the last %d", name, before, now)
		if now > before+before/5+10 {
			t.Errorf("%s grew from %d to %d", name, before, now)
		}
	}
}

func median(samples []sample, of func(sample) int) int {
	values := make([]int, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
