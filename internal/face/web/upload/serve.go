package upload

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"time"

	files "peerscape/internal/exchange/upload"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
)

// bytesPolicy is the content policy of bytes that people sent: nothing runs and
// nothing is loaded, whatever a browser takes them for.
const bytesPolicy = "sandbox; default-src 'none'"

func (s *Upload) original(ctx context.Context, r *http.Request) (*page.Answer, error) {
	f, err := s.find(ctx, r)
	if err != nil {
		return nil, err
	}
	if f.Name != r.PathValue("name") {
		return nil, fault.New(fault.Missing, "upload.missing", "there is no such file").Do("It may have been removed, or you may not see it")
	}
	return s.bytes(ctx, f, f.Original)
}

func (s *Upload) picture(ctx context.Context, r *http.Request) (*page.Answer, error) {
	f, err := s.find(ctx, r)
	if err != nil {
		return nil, err
	}
	width, err := strconv.Atoi(r.PathValue("width"))
	if err != nil || width < 1 {
		return nil, fault.New(fault.Missing, "upload.width", "the picture is not there in this width").Do("Take one of those on its page")
	}
	c, err := f.In(width)
	if err != nil {
		return nil, err
	}
	return s.bytes(ctx, f, c)
}

// bytes answers with a content. Only what was drawn anew here is shown within the
// browser.
func (s *Upload) bytes(ctx context.Context, f *files.File, c files.Copy) (*page.Answer, error) {
	src, err := s.files.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return &page.Answer{Raw: func(w http.ResponseWriter, r *http.Request) {
		defer src.Close()
		how := "attachment"
		if f.Picture() {
			how = "inline"
		}
		h := w.Header()
		h.Set("Content-Type", c.MIME)
		h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
		h.Set("Content-Security-Policy", bytesPolicy)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("ETag", `"`+c.SHA256.String()+`"`)
		h.Set("Vary", "Cookie")
		h.Set("Cache-Control", "private, no-cache")
		if f.Public {
			h.Set("Cache-Control", "public, max-age=300")
		}
		http.ServeContent(w, r, "", time.Time{}, src)
	}}, nil
}
