package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// impatient interrupts as soon as it hears of progress.
type impatient struct {
	bytes.Buffer
	interrupt func()
}

func (w *impatient) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("variants")) {
		w.interrupt()
	}
	return w.Buffer.Write(b)
}

// ownIndex writes a framework with a continuous choice and a table.
func ownIndex(t *testing.T) (framework, table string) {
	t.Helper()
	dir := t.TempDir()
	framework, table = filepath.Join(dir, "own.toml"), filepath.Join(dir, "own.csv")
	for path, text := range map[string]string{
		framework: "code = \"own\"\n[[group]]\ncode = \"own\"\n[[indicator]]\ncode = \"x\"\nparent = \"own\"\ndirection = \"more\"\n" +
			"[[indicator]]\ncode = \"y\"\nparent = \"own\"\ndirection = \"more\"\n[[choice]]\nname = \"weights\"\nnoise = 0.5\n",
		table: "unit,x,y\nA,1,9\nB,5,4\nC,9,1\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return framework, table
}

// An interrupted analysis says how far it came, prints no result and fails.
func TestInterruptedSensitivityLeavesASentence(t *testing.T) {
	framework, table := ownIndex(t)
	for _, question := range [][]string{nil, {"--choices"}, {"--against=A"}, {"--pairs=2"}, {"--acceptability"}} {
		t.Run(strings.Join(question, ""), func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
			out, log := &bytes.Buffer{}, &impatient{interrupt: cancel}
			env := Environment{Out: out, Log: log, Terminal: true, Now: func() time.Time { now = now.Add(time.Second); return now }, Getenv: os.Getenv}
			args := append([]string{"sensitivity", framework, "--data", table, "--samples", "3000000"}, question...)
			if code := Run(ctx, args, env); code != exitInternal {
				t.Errorf("exit code %d, want %d", code, exitInternal)
			}
			want := regexp.MustCompile(`\n\r?(.*\n)?Stopped after \d+ of \d+ variants; nothing was concluded from them\.\npeerscape: interrupted\n$`)
			if said := log.String(); !want.MatchString(said) {
				t.Errorf("the log is %q", said)
			}
			if out.Len() > 0 {
				t.Errorf("a result is printed: %.200s", out)
			}
		})
	}
}

// Progress is told of long runs alone, on terminals alone, once a second.
func TestProgressOfLongRunsOnTerminals(t *testing.T) {
	for _, c := range []struct {
		name     string
		terminal bool
		step     time.Duration
		want     string
	}{
		{"a short run", true, time.Millisecond, ""},
		{"a long run", true, 600 * time.Millisecond, "\r2 of 4 runs\r4 of 4 runs\n"},
		{"nobody watches", false, time.Minute, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			now := time.Time{}
			s := &session{Environment: Environment{Log: &log, Terminal: c.terminal, Now: func() time.Time { now = now.Add(c.step); return now }}}
			if tell := s.count("runs"); tell != nil {
				for done := range 4 {
					tell(done+1, 4)
				}
			} else if c.terminal {
				t.Fatal("nothing is told on a terminal")
			}
			if got := log.String(); got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}
