package page

import (
	"net/http"
	"path"
	"strconv"
)

// AssetPath is where bundled files stand; their names carry a hash, so a
// browser may keep them for good.
const AssetPath = "/assets/"

// types of bundled files, so that they do not depend on the machine's tables.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml; charset=utf-8", ".woff2": "font/woff2",
}

// Asset serves one bundled file.
func (s *Site) Asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	kind, known := types[path.Ext(name)]
	plain, gz, err := s.Bundle.Read(name)
	if err != nil || !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := plain
	if gz != nil && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = gz
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
