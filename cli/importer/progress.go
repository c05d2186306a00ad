package importer

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	barEvery  = 200 * time.Millisecond
	lineEvery = 5 * time.Second
)

// progress shows a bar on a terminal, and a line every few seconds elsewhere.
type progress struct {
	out    io.Writer
	rows   int
	counts func() (settled, before int, text string)
	bar    *progressbar.ProgressBar
	began  time.Time
	ended  chan struct{}
	done   sync.WaitGroup

	mu    sync.Mutex
	noted string
	shown time.Time // when the latest notice was printed
}

func startProgress(out io.Writer, isTerminal bool, rows int, counts func() (int, int, string)) *progress {
	p := &progress{out: out, rows: rows, counts: counts, began: time.Now(), ended: make(chan struct{})}
	every := lineEvery
	if isTerminal {
		every = barEvery
		p.bar = progressbar.NewOptions(rows, progressbar.OptionSetWriter(out), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("rows"), progressbar.OptionFullWidth(), progressbar.OptionThrottle(barEvery/2))
	}
	p.done.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				p.show()
			case <-p.ended:
				return
			}
		}
	})
	return p
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	settled, before, text := p.counts()
	if p.bar != nil {
		if p.noted != "" {
			text += "; " + p.noted
		}
		p.bar.Describe(text)
		p.bar.ChangeMax(p.rows - before)
		_ = p.bar.Set(settled - before)
		return
	}
	elapsed := time.Since(p.began).Seconds()
	line := fmt.Sprintf("%d of %d rows", settled, p.rows)
	if rate := float64(settled-before) / elapsed; rate > 0 && settled < p.rows {
		line += fmt.Sprintf(" (%.0f/s, %v left)", rate, (time.Duration(float64(p.rows-settled)/rate) * time.Second).Round(time.Second))
	}
	if text != "" {
		line += ": " + text
	}
	_, _ = fmt.Fprintln(p.out, line)
}

// notice says what the import waits for, once. An empty text says that it waits no more.
func (p *progress) notice(text string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if text == p.noted {
		return
	}
	p.noted = text
	if p.bar == nil && text != "" && time.Since(p.shown) > lineEvery {
		p.shown = time.Now()
		_, _ = fmt.Fprintln(p.out, text)
	}
}

// stop shows the end.
func (p *progress) stop() {
	close(p.ended)
	p.done.Wait()
	p.show()
	if p.bar != nil {
		_ = p.bar.Exit()
		_, _ = fmt.Fprintln(p.out)
	}
}
