package sdmxml

import "strings"

// Ref names an artefact: who keeps it, its id and its version. Empty parts are
// not stated.
type Ref struct {
	Agency, ID, Version string
}

// String renders "ESTAT:GEO(13.1)", leaving out what is not stated.
func (r Ref) String() string {
	out := r.ID
	if r.Agency != "" {
		out = r.Agency + ":" + out
	}
	if r.Version != "" {
		out += "(" + r.Version + ")"
	}
	return out
}

// refOfURN reads "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ESTAT:GEO(13.1)"
// and ignores what follows the version. The zero Ref means that it is no URN.
func refOfURN(urn string) Ref {
	_, rest, ok := strings.Cut(urn, "=")
	if !ok || !strings.HasPrefix(urn, "urn:sdmx:") {
		return Ref{}
	}
	agency, rest, ok := strings.Cut(rest, ":")
	if !ok {
		return Ref{}
	}
	id, rest, _ := strings.Cut(rest, "(")
	version, _, _ := strings.Cut(rest, ")")
	return Ref{Agency: agency, ID: id, Version: version}
}

// reference reads the element just opened: a Ref or URN element inside it, or a
// URN as its text (SDMX 3.0).
func reference(s *scanner) (Ref, error) {
	depth := len(s.open)
	var ref Ref
	for {
		if err := s.next(); err != nil {
			return ref, err
		}
		switch {
		case len(s.open) < depth:
			return ref, nil
		case ref.ID != "":
		case s.kind == charData:
			ref = refOfURN(strings.TrimSpace(string(s.chars)))
		case s.kind == startTag && s.local == "Ref":
			ref = Ref{Agency: s.get("agencyID"), ID: s.get("id"), Version: s.get("version")}
		}
	}
}

// refHere returns the identity of the artefact on whose start tag s stands.
func refHere(s *scanner) Ref {
	return Ref{Agency: s.get("agencyID"), ID: s.get("id"), Version: s.get("version")}
}
