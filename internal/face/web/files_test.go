package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"peerscape/internal/app/apptest"
	"peerscape/internal/exchange/people"
	files "peerscape/internal/exchange/upload"
	"peerscape/internal/face/web"
)

// sent is a form with a file.
func sent(t *testing.T, name string, content []byte) func(*http.Request) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	return func(r *http.Request) {
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Body = io.NopCloser(&b)
	}
}

func asked(r *http.Request) { r.Header.Set("Accept", "application/json") }

func filled(v url.Values) func(*http.Request) {
	return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(v.Encode())) }
}

// upload adds a file as the project manager and has it read.
func (g *guest) upload(name string, content []byte) *files.File {
	g.Helper()
	res := g.ask("project-manager", http.MethodPost, "/files", sent(g.T, name, content), asked)
	var said struct{ Next, Error string }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Next == "" {
		g.Fatalf("adding %s: %s, %+v, %v", name, res.Status, said, err)
	}
	id := strings.TrimPrefix(said.Next, "/files/")
	if err := g.app.Files.Ingest(g.Context(), id, nil); err != nil {
		g.Fatal(err)
	}
	manager, err := g.app.People.Actor(g.Context(), g.cookies["project-manager"])
	if err != nil {
		g.Fatal(err)
	}
	f, err := g.app.Files.Get(g.Context(), manager, id)
	if err != nil {
		g.Fatal(err)
	}
	return f
}

func plate(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 700, 400)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What people sent leaves in a sandbox, as an attachment unless it was drawn here.
func TestBytesLeaveGuarded(t *testing.T) {
	g, _ := newGuest(t)
	picture := g.upload("market.jpg", plate(t))
	film := g.upload("Kauppatori – päivä.mp4", []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom and a film"))
	words := g.upload("words.txt", []byte("words & more"))
	for name, c := range map[string]struct {
		path, kind, how string
	}{
		"picture": {"/files/" + picture.ID + "/market.jpg", "image/jpeg", "inline; filename=market.jpg"},
		"smaller": {"/files/" + picture.ID + "/w/320", "image/jpeg", "inline; filename=market.jpg"},
		"film":    {"/files/" + film.ID + "/" + url.PathEscape(film.Name), "video/mp4", "attachment; filename*=utf-8''Kauppatori%20%E2%80%93%20p%C3%A4iv%C3%A4.mp4"},
		"text":    {"/files/" + words.ID + "/words.txt", "text/plain; charset=utf-8", "attachment; filename=words.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			res := g.ask("observer", http.MethodGet, c.path)
			b, _ := io.ReadAll(res.Body)
			sum := sha256.Sum256(b)
			for header, want := range map[string]string{
				"Content-Type": c.kind, "Content-Disposition": c.how, "Content-Security-Policy": "sandbox; default-src 'none'",
				"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache", "Vary": "Cookie",
				"ETag": `"` + hex.EncodeToString(sum[:]) + `"`, "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := res.Header.Values(header); !slices.Equal(got, []string{want}) {
					t.Errorf("%s: %q, want %q", header, got, want)
				}
			}
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s", res.Status)
			}
			held := g.ask("observer", http.MethodGet, c.path, func(r *http.Request) { r.Header.Set("If-None-Match", res.Header.Get("ETag")) })
			if held.StatusCode != http.StatusNotModified {
				t.Errorf("what the browser holds is sent again: %s", held.Status)
			}
		})
	}
	path := "/files/" + film.ID + "/" + url.PathEscape(film.Name)
	res := g.ask("observer", http.MethodGet, path, func(r *http.Request) { r.Header.Set("Range", "bytes=4-7") })
	if b, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusPartialContent || string(b) != "ftyp" {
		t.Errorf("a part of a film: %s %q", res.Status, b)
	}
	for _, wrong := range []string{"/files/" + words.ID + "/other.html", "/files/" + words.ID + "/w/320", "/files/" + picture.ID + "/w/321", "/files/" + picture.ID + "/w/x"} {
		if res := g.ask("observer", http.MethodGet, wrong); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", wrong, res.Status)
		}
	}
}

// A page that is named as a picture is not taken, and nothing of it is served.
func TestAPageNamedAsAPictureIsNotTaken(t *testing.T) {
	g, _ := newGuest(t)
	res := g.ask("project-manager", http.MethodPost, "/files", sent(t, "nice.jpg", []byte("<!doctype html><script>1</script>")))
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(string(b), "nice.jpg was not taken") || !strings.Contains(string(b), "web page") {
		t.Errorf("%s %s", res.Status, b)
	}
}

// Nobody reaches a file by its id who may not see it.
func TestFilesOfOthersAreNotThere(t *testing.T) {
	g, _ := newGuest(t)
	f := g.upload("market.jpg", plate(t))
	manager, err := g.app.People.Actor(t.Context(), g.cookies["administrator"])
	if err != nil {
		t.Fatal(err)
	}
	link, err := g.app.People.Invite(t.Context(), manager, people.Invitation{Email: "other@example.org", Role: people.ProjectManager, Partnership: "q"})
	if err != nil {
		t.Fatal(err)
	}
	if g.cookies["other"], err = g.app.People.Join(t.Context(), link, people.Newcomer{Name: "other", Password: secret}); err != nil {
		t.Fatal(err)
	}
	paths := []string{"GET /files/" + f.ID, "GET /files/" + f.ID + "/market.jpg", "GET /files/" + f.ID + "/w/320", "POST /files/" + f.ID, "POST /files/" + f.ID + "/remove"}
	for _, p := range paths {
		method, path, _ := strings.Cut(p, " ")
		for _, role := range []string{"other", "administrator"} {
			if res := g.ask(role, method, path); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s as %s: %s", p, role, res.Status)
			}
		}
		if res := g.ask("nobody", method, path); !toSignIn(res) {
			t.Errorf("%s as nobody: %s", p, res.Status)
		}
	}
	for _, role := range []string{"other", "administrator"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if res := g.ask(role, method, "/files?partnership="+f.Partnership, sent(t, "a.txt", []byte("words"))); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s /files as %s: %s", method, role, res.Status)
			}
		}
	}
	for _, p := range paths[3:] {
		method, path, _ := strings.Cut(p, " ")
		if res := g.ask("observer", method, path); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s as an observer: %s", p, res.Status)
		}
	}
	if res := g.ask("project-manager", http.MethodPost, "/files/"+f.ID, filled(url.Values{"public": {"yes"}})); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a picture without words becomes public: %s", res.Status)
	}
	if res := g.ask("project-manager", http.MethodPost, "/files/"+f.ID, filled(url.Values{"public": {"yes"}, "alt": {"A plate"}})); res.StatusCode != http.StatusSeeOther {
		t.Errorf("making it public: %s", res.Status)
	}
	for _, role := range []string{"nobody", "other", "observer"} {
		for _, path := range []string{"/files/" + f.ID, "/files/" + f.ID + "/w/320"} {
			if res := g.ask(role, http.MethodGet, path); res.StatusCode != http.StatusOK {
				t.Errorf("%s as %s, once public: %s", path, role, res.Status)
			}
		}
	}
	if res := g.ask("nobody", http.MethodGet, "/files/"+f.ID+"/w/320"); res.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("a public picture: %q", res.Header.Get("Cache-Control"))
	}
	if res := g.ask("project-manager", http.MethodPost, "/files/"+f.ID+"/remove"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("removing it: %s", res.Status)
	}
	if res := g.ask("observer", http.MethodGet, "/files/"+f.ID+"/w/320"); res.StatusCode != http.StatusNotFound {
		t.Errorf("once removed: %s", res.Status)
	}
}

// counted knows how much of it was read.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// Only the route of files takes more than a form holds.
func TestBodiesAreBounded(t *testing.T) {
	g, _ := newGuest(t)
	h, err := g.app.Handler()
	if err != nil {
		t.Fatal(err)
	}
	g.handler = h
	big := bytes.Repeat([]byte("words \n"), 2<<20/7)
	if f := g.upload("big.txt", big); f.State != files.Ready || f.Original.Size != int64(len(big)) {
		t.Errorf("2 MB of text: %+v", f)
	}
	for _, path := range []string{"/preferences", "/files/x", "/files/x/remove", "/sign-in"} {
		body := &counted{Reader: bytes.NewReader(big)}
		g.ask("project-manager", http.MethodPost, path, func(r *http.Request) { r.Body = io.NopCloser(body) })
		if body.n > 1<<20+4096 {
			t.Errorf("%s reads %d bytes of a form", path, body.n)
		}
	}
}

// The pages of files hold no text of their own either.
func TestPagesOfFilesAreNotHardCoded(t *testing.T) {
	g, _ := newGuest(t)
	picture := g.upload("market.jpg", plate(t))
	film := g.upload("film.mp4", []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom and a film"))
	refused := g.upload("nice.jpg", []byte("words"))
	var err error
	g.handler, err = web.Handler(web.Config{
		Catalogue: g.app.Catalogue, Nomenclature: g.app.Regions, Messages: []fs.FS{pseudo(t)}, Now: apptest.Now, Log: slog.New(slog.DiscardHandler),
		Version: "test", People: g.app.People, Files: g.app.Files,
	})
	if err != nil {
		t.Fatal(err)
	}
	known := strings.NewReplacer("| Peerscape", "", "Peerscape", "", "market.jpg", "", "film.mp4", "", "nice.jpg", "", "project-manager", "", "mp4", "")
	for _, path := range []string{"/files", "/files/" + picture.ID, "/files/" + film.ID, "/files/" + refused.ID} {
		root, err := html.Parse(g.ask("project-manager", http.MethodGet, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range texts(root) {
			for part := range strings.SplitSeq(said(s), "\x1f") {
				if rest := known.Replace(part); letters.MatchString(rest) {
					t.Errorf("%s: %q stands in no message", path, strings.TrimSpace(rest))
				}
			}
		}
	}
}
