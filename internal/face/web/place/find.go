package place

import (
	"net/http"
	"strconv"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Asked returns the region that a path /regions/{code}?nuts=… names: in the
// version that is asked for, else in the newest that has the code. moved is the
// address to go to instead: the canonical spelling of the code.
func (g *Gazetteer) Asked(r *http.Request) (found *nuts.Region, moved string, err error) {
	written := r.PathValue("code")
	code := nuts.Canonical(written)
	found, ok := g.Regions.Newest(code)
	if ok && r.URL.Query().Get("nuts") != "" {
		var v int
		if v, err = strconv.Atoi(r.URL.Query().Get("nuts")); err != nil || !nuts.Version(v).Valid() {
			return nil, "", fault.New(fault.Invalid, "region.version", "%q is not a version of NUTS", r.URL.Query().Get("nuts")).
				Do("Write 2013, 2016, 2021 or 2024")
		}
		found, ok = g.Regions.Region(nuts.ID{Code: code, Version: nuts.Version(v)})
	}
	if !ok {
		return nil, "", g.unknown(written)
	}
	if string(code) != written {
		moved = g.Path(found.ID)
	}
	return found, moved, nil
}

func (g *Gazetteer) unknown(written string) error {
	f := fault.New(fault.Missing, "place.unknown", "%q is not the code of a region in that version of NUTS", written).With("code", written)
	if near := g.Regions.Search(written, 1); len(near) > 0 {
		return f.Do("Did you mean %s, %s?", near[0].Region.Code, near[0].Region.Name).With("near", string(near[0].Region.Code)+" "+near[0].Region.Name)
	}
	return f.Do("Search for the region by its name")
}
