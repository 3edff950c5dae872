package eurostat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"peerscape/internal/fault"
)

// File is a dataset, or a part of one, on disk: whole and checked, as the
// service sent it.
type File struct {
	Path      string
	URL       string    // that was asked
	Retrieved time.Time // when it was fetched; of an unchanged file, when it first was
	SHA256    string    // of the file as it lies there, in hexadecimal
	Size      int64
	Updated   time.Time // the publisher's last update of the dataset; zero where not stated
}

// record is what is kept beside a file, whole or half, to resume it or to find
// it unchanged.
type record struct {
	URL          string    `json:"url"`
	Name         string    `json:"name,omitempty"` // of the whole file, within the folder
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	SHA256       string    `json:"sha256,omitempty"`
	Retrieved    time.Time `json:"retrieved,omitzero"`
}

// target is one file to be fetched.
type target struct {
	stem  string // path without extensions
	url   string // that is asked, or where the queue keeps the answer
	asked string // the address of the query itself
	api   API
	about
}

func (t *target) part() string       { return t.stem + ".part" }
func (t *target) partRecord() string { return t.stem + ".part.record" }
func (t *target) record() string     { return t.stem + ".record" }

// fetch brings one file in. An error is *queued, *tooBig, a fault, of the disk
// or the end of ctx.
func (c *Client) fetch(ctx context.Context, t *target) (file File, err error) {
	if err := os.MkdirAll(c.Cache, 0o755); err != nil {
		return File{}, fmt.Errorf("make the cache folder: %w", err)
	}
	err = c.try(ctx, func() error {
		file, err = c.attempt(ctx, t)
		return err
	})
	return file, err
}

// attempt asks once, going on where an earlier attempt broke off.
func (c *Client) attempt(ctx context.Context, t *target) (File, error) {
	have, whole := t.finished(ctx)
	from, half := t.resumable()
	header := http.Header{"Accept-Encoding": {"identity"}} // the file is compressed as it is
	switch {
	case from > 0:
		header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		header.Set("If-Range", half.validator())
	case whole:
		have.conditions(header)
	}
	r, err := c.send(ctx, t.url, header)
	if err != nil {
		return File{}, err
	}
	defer r.close()
	t.status, t.after = r.StatusCode, retryAfter(r.Header, c.Now())
	switch {
	case r.StatusCode == http.StatusNotModified && whole && from == 0:
		return have.file(filepath.Dir(t.stem)), nil
	case r.StatusCode == http.StatusPartialContent && from > 0 && continues(r.Header, from):
		return c.receive(ctx, t, r, from)
	case r.StatusCode == http.StatusPartialContent, r.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		t.forget() // what is here does not fit what is there
		return File{}, t.later("Eurostat cannot go on with the file of " + t.dataset)
	case r.StatusCode >= 200 && r.StatusCode < 300:
		return c.receive(ctx, t, r, 0)
	}
	body, err := r.notice()
	if err != nil {
		return File{}, err
	}
	return File{}, t.refusal(body)
}

// continues reports that a partial answer starts where the file ends.
func continues(h http.Header, from int64) bool {
	return strings.HasPrefix(h.Get("Content-Range"), fmt.Sprintf("bytes %d-", from))
}

// receive writes the body behind the first from bytes and checks the whole.
func (c *Client) receive(ctx context.Context, t *target, r *reply, from int64) (File, error) {
	if from == 0 {
		if err := t.begin(r.Header); err != nil {
			return File{}, err
		}
	}
	if err := c.store(t, r, from); err != nil {
		return File{}, err
	}
	size, err := os.Stat(t.part())
	if err != nil {
		return File{}, err
	}
	c.say(Checking, size.Size(), size.Size(), 0)
	report, err := inspect(ctx, t.part())
	if err != nil {
		return File{}, err
	}
	if err := t.judge(report); err != nil {
		return File{}, err
	}
	return c.finish(t, report, r.Header)
}

// begin starts a file anew and records what it can be resumed by.
func (t *target) begin(h http.Header) error {
	rec := record{URL: t.url, ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")}
	if err := os.WriteFile(t.part(), nil, 0o644); err != nil {
		return err
	}
	return rec.write(t.partRecord())
}

// store appends the body to the part file.
func (c *Client) store(t *target, r *reply, from int64) (err error) {
	total := int64(0)
	if r.ContentLength > 0 {
		total = from + r.ContentLength
	}
	if total > c.MaxBytes {
		return c.tooLong(t)
	}
	f, err := os.OpenFile(t.part(), os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	buf := make([]byte, 64<<10)
	for at := from; ; {
		c.say(Downloading, at, total, 0)
		n, err := r.Read(buf)
		if at += int64(n); at > c.MaxBytes {
			return c.tooLong(t)
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return fmt.Errorf("write the file: %w", err)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (c *Client) tooLong(t *target) error {
	t.forget()
	return t.say(fault.TooLarge, "eurostat.file-size", "the file of %s is longer than %d MiB", t.dataset, c.MaxBytes>>20).
		Do("Ask for fewer codes or periods")
}

// judge decides what a file that arrived is worth. Only a file that broke off
// is kept, to go on with it.
func (t *target) judge(r *report) error {
	if r.damage == errCutShort && r.is != contentNotice {
		return t.later("the file of " + t.dataset + " breaks off on the way from Eurostat")
	}
	if r.damage == nil && r.is == apis[t.api].holds {
		return nil
	}
	t.forget()
	switch {
	case r.damage != nil && r.is != contentNotice:
		return t.later("the file of " + t.dataset + " arrives damaged")
	case r.is == contentNotice:
		return t.refusal(r.head)
	case r.is == contentHTML, r.is == contentEmpty:
		return t.later(fmt.Sprintf("%s comes in place of the %s of %s", contentWords[r.is], t.api, t.dataset))
	}
	return t.say(fault.Unavailable, "eurostat.content", "%s comes in place of the %s of %s", contentWords[r.is], t.api, t.dataset).
		Do("Look at the address in a browser; the service may have changed")
}

// finish gives the file its name and records it.
func (c *Client) finish(t *target, r *report, h http.Header) (File, error) {
	ext := apis[t.api].ext
	switch {
	case r.gzipped && !strings.HasSuffix(ext, ".gz"):
		ext += ".gz"
	case !r.gzipped:
		ext = strings.TrimSuffix(ext, ".gz")
	}
	path := t.stem + ext
	if err := os.Rename(t.part(), path); err != nil {
		return File{}, err
	}
	_ = os.Remove(t.partRecord()) // without its part it says nothing
	rec := record{
		URL: t.asked, Name: filepath.Base(path), SHA256: r.sha256, Retrieved: c.Now().UTC(),
		ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified"),
	}
	if t.url != t.asked {
		rec.ETag, rec.LastModified = "", "" // they belong to the queue's copy
	}
	if err := rec.write(t.record()); err != nil {
		return File{}, err
	}
	return File{Path: path, URL: rec.URL, Retrieved: rec.Retrieved, SHA256: rec.SHA256, Size: r.size}, nil
}

// forget removes what is half done.
func (t *target) forget() {
	_ = os.Remove(t.part()) // a leftover is begun anew
	_ = os.Remove(t.partRecord())
}

// resumable returns how many bytes are here and what they can be resumed by.
func (t *target) resumable() (from int64, half record) {
	half, ok := readRecord(t.partRecord())
	if !ok || half.URL != t.url || half.validator() == "" {
		return 0, record{}
	}
	info, err := os.Stat(t.part())
	if err != nil {
		return 0, record{}
	}
	return info.Size(), half
}

// finished returns the record of the whole file if it is here and unharmed.
func (t *target) finished(ctx context.Context) (record, bool) {
	rec, ok := readRecord(t.record())
	if !ok || rec.URL != t.url || rec.ETag == "" && rec.LastModified == "" || rec.Name != filepath.Base(rec.Name) {
		return record{}, false
	}
	r, err := inspect(ctx, filepath.Join(filepath.Dir(t.stem), rec.Name))
	if err != nil || r.sha256 != rec.SHA256 {
		return record{}, false
	}
	return rec, true
}

// validator returns what If-Range takes: a strong entity tag, or a date.
func (r *record) validator() string {
	if r.ETag != "" && !strings.HasPrefix(r.ETag, "W/") {
		return r.ETag
	}
	return r.LastModified
}

// conditions asks for the file only if it has changed.
func (r *record) conditions(h http.Header) {
	if r.ETag != "" {
		h.Set("If-None-Match", r.ETag)
	} else {
		h.Set("If-Modified-Since", r.LastModified)
	}
}

func (r *record) file(folder string) File {
	path := filepath.Join(folder, r.Name)
	f := File{Path: path, URL: r.URL, Retrieved: r.Retrieved, SHA256: r.SHA256}
	if info, err := os.Stat(path); err == nil {
		f.Size = info.Size()
	}
	return f
}

func (r *record) write(path string) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}

func readRecord(path string) (r record, ok bool) {
	b, err := os.ReadFile(path)
	return r, err == nil && json.Unmarshal(b, &r) == nil
}
