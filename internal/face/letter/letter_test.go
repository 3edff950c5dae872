package letter

import (
	"context"
	"flag"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peerscape/data"
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

func writer(t *testing.T) *Writer {
	t.Helper()
	words, err := locale.Open([]fs.FS{data.Messages()}...)
	if err != nil {
		t.Fatal(err)
	}
	return &Writer{Words: words, Origin: &url.URL{Scheme: "https", Host: "peerscape.example.org"}}
}

// one of each kind, and of each thing that can be said of it.
func everything() []notice.Notice {
	at := time.Date(2026, 11, 4, 12, 5, 0, 0, time.UTC)
	all := []notice.Notice{
		{Kind: notice.RoleGiven, Partnership: "p", Args: map[string]string{"role": "policy-officer", "region": "FI1C3"}, By: "a"},
		{Kind: notice.RoleWithdrawn, Partnership: "p", Args: map[string]string{"role": "expert"}},
		{Kind: notice.InvitationAccepted, Partnership: "p", By: "a"},
		{Kind: notice.DeadlineNear, Partnership: "p", Path: "/partnerships/p", Args: map[string]string{"semester": "3", "due": "2026-12-31"}},
		{Kind: notice.FileReady, Path: "/files/x", Args: map[string]string{"name": "market <square>.jpg"}},
		{Kind: notice.FileRefused, Path: "/files/y", Args: map[string]string{"name": "plan.exe"}},
	}
	for _, act := range partnership.Changes() {
		all = append(all, notice.Notice{Kind: notice.ContentChanged, Partnership: "p", Path: "/partnerships/p/partners/1/history", Args: map[string]string{"act": act, "part": "partners", "name": "Päijät-Hämeen liitto"}, By: "a", Times: 3})
	}
	for _, act := range []string{
		"email-changed", "password-set", "password-reset", "passkey-added", "passkey-removed", "codes-on", "codes-off", "factors-removed", "recovery-code-used", "identity-linked", "identity-unlinked",
	} {
		all = append(all, notice.Notice{Kind: notice.AccessChanged, Path: "/account", Args: map[string]string{"act": act}, By: "a"})
	}
	for i := range all {
		all[i].At = at.Add(time.Duration(i) * time.Hour)
	}
	return all
}

func facts() *Facts {
	return &Facts{
		People: map[string]string{"a": "Ada"}, Partnerships: map[string]string{"p": "Next2Met"},
		Region: func(string) string { return "Päijät-Häme" },
	}
}

// Every sentence is there in every language, with what it needs.
func TestSentences(t *testing.T) {
	w := writer(t)
	kinds := map[notice.Kind]bool{}
	for _, lang := range []string{"en", "fi", "de", "es", "pl"} {
		ctx := w.reader(lang)
		said := map[string]bool{}
		for _, n := range everything() {
			kinds[n.Kind] = true
			s := Sentence(ctx, &n, facts())
			if strings.Contains(s, "notice.") || strings.Contains(s, "role.") || strings.Contains(s, "partnership.") || strings.Contains(s, "<no value>") || strings.HasSuffix(s, ".") || said[s] {
				t.Errorf("%s: %q", lang, s)
			}
			said[s] = true
		}
	}
	for _, r := range notice.Rules() {
		if !kinds[r.Kind] {
			t.Errorf("no sentence about %s is tried", r.Kind)
		}
	}
}

// The letters as they arrive.
func TestLetters(t *testing.T) {
	w := writer(t)
	helsinki := time.FixedZone("", 2*60*60)
	liisa := people.Mail{Address: "liisa@example.org", Name: "Liisa", Lang: "fi"}
	all := &notice.Letter{To: liisa, Zone: helsinki, Notices: everything(), Token: "abc.def"}
	single := &notice.Letter{To: people.Mail{Address: "jo@example.org", Lang: "de"}, Zone: time.UTC, Notices: everything()[3:4], Token: "abc.def"}
	access := &notice.Letter{To: people.Mail{Address: "jo@example.org", Name: "Jo", Lang: "es"}, Zone: time.UTC, Notices: everything()[11:12]}
	for name, make := range map[string]func() (string, string, string, error){
		"digest-fi": func() (string, string, string, error) {
			m, err := w.Notices(all, facts())
			return m.Subject, m.Text, m.HTML, err
		},
		"single-de": func() (string, string, string, error) {
			m, err := w.Notices(single, facts())
			return m.Subject, m.Text, m.HTML, err
		},
		"access-es": func() (string, string, string, error) {
			m, err := w.Notices(access, facts())
			return m.Subject, m.Text, m.HTML, err
		},
		"invitation-pl": func() (string, string, string, error) {
			m, err := w.Invitation(people.Mail{Address: "jo@example.org", Lang: "pl"}, "Ada <b>", "https://peerscape.example.org/invitations/secret")
			return m.Subject, m.Text, m.HTML, err
		},
		"reset-en": func() (string, string, string, error) {
			m, err := w.Reset(people.Mail{Address: "jo@example.org", Name: "Jo", Lang: "xx"}, "https://peerscape.example.org/reset/secret")
			return m.Subject, m.Text, m.HTML, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			subject, text, page, err := make()
			if err != nil {
				t.Fatal(err)
			}
			got := "Subject: " + subject + "\n\n" + text
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s\nwant\n%s", got, want)
			}
			for _, bad := range []string{"<script", "<link", "<img", "url(", "<b>", "<square>"} {
				if strings.Contains(page, bad) {
					t.Errorf("the page holds %s", bad)
				}
			}
			for _, l := range strings.Fields(text) {
				if strings.HasPrefix(l, "https://") && !strings.Contains(page, `href="`+l+`"`) {
					t.Errorf("the page has no link to %s", l)
				}
			}
		})
	}
}

func TestLongSubjectsAreCut(t *testing.T) {
	w := writer(t)
	n := notice.Notice{Kind: notice.FileReady, Args: map[string]string{"name": strings.Repeat("ä", 300)}}
	m, err := w.Notices(&notice.Letter{To: people.Mail{Address: "jo@example.org"}, Zone: time.UTC, Notices: []notice.Notice{n}}, facts())
	if err != nil || len([]rune(m.Subject)) != mostSubject || !strings.HasSuffix(m.Subject, "…") || !strings.Contains(m.Text, strings.Repeat("ä", 300)) {
		t.Errorf("%q, %v", m.Subject, err)
	}
}

type names map[string]string

func (n names) Names(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = n[id]
	}
	return out, nil
}

func TestGatherAsksOnceForEach(t *testing.T) {
	f, err := Gather(t.Context(), everything(), names{"a": "Ada"}, names{"p": "Next2Met"}, func(code string) string { return code })
	if err != nil || len(f.People) != 1 || f.People["a"] != "Ada" || len(f.Partnerships) != 1 || f.Partnerships["p"] != "Next2Met" {
		t.Errorf("%+v, %v", f, err)
	}
}
