package cli

import (
	"fmt"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"peerscape/internal/machinery/eurostat"
)

// progress shows on a terminal how far a long step is, and nothing elsewhere.
type progress struct {
	pool  *mpb.Progress
	bar   *mpb.Bar
	words atomic.Pointer[string] // read by the goroutine that draws
}

func (s *session) progress(name string) *progress {
	p := &progress{}
	p.words.Store(new(string))
	if !s.Terminal || s.global.JSON || s.global.CSV {
		return p
	}
	p.pool = mpb.NewWithContext(s, mpb.WithOutput(s.Log), mpb.WithWidth(32))
	p.bar = p.pool.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name+" ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return *p.words.Load() })))
	return p
}

// values shows what an import has read.
func (p *progress) values(series, values int) {
	p.say("%d series, %d values", series, values)
}

// download shows what a fetch is doing.
func (p *progress) download(at eurostat.Progress) {
	switch {
	case at.Total > 0:
		p.say("%s part %d of %d, %d of %d kB", at.Phase, at.Part, at.Parts, at.Bytes/1000, at.Total/1000)
	case at.Bytes > 0:
		p.say("%s part %d of %d, %d kB", at.Phase, at.Part, at.Parts, at.Bytes/1000)
	case at.Wait > 0:
		p.say("%s, next request in %s", at.Phase, at.Wait)
	default:
		p.say("%s", at.Phase)
	}
}

func (p *progress) say(format string, args ...any) {
	if p.bar == nil {
		return
	}
	words := fmt.Sprintf(format, args...)
	p.words.Store(&words)
	p.bar.Increment()
}

func (p *progress) stop() {
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.pool.Wait()
	p.bar = nil
}
