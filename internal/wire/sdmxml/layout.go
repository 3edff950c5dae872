package sdmxml

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"peerscape/internal/fault"
)

// component sorts one named value into c. What is not a figure, a period or a
// mark is taken for a dimension until learn decides.
func (r *Reader) component(c *cell, id, value string) error {
	if len(c.ids)+len(c.status) == maxAttributes {
		return r.scan.tooMuch("a series or observation has more than %d fields", maxAttributes)
	}
	switch id {
	case "TIME_PERIOD", "TIME", "time_period", "time":
		c.period = value
	case "OBS_VALUE", "obs_value":
		c.value = value
	case "OBS_STATUS", "OBS_FLAG", "obs_status", "obs_flag":
		c.status = append(c.status, value)
	case "CONF_STATUS", "OBS_CONF", "conf_status":
		c.conf = value
	default:
		c.ids = append(c.ids, id)
		c.codes = append(c.codes, value)
	}
	return nil
}

// values reads the <Value id= value=> elements inside the element just opened.
func values(r *Reader, c *cell) error {
	return r.scan.each(func() error {
		if r.scan.local != "Value" {
			return nil
		}
		return r.component(c, r.scan.get("id"), strings.TrimSpace(r.scan.get("value")))
	})
}

// generic is the layout in which every component is an element.
type generic struct{}

func (generic) series(*Reader) error { return nil } // the key stands in SeriesKey

func (generic) observation(r *Reader) error {
	return r.scan.each(func() error {
		value := strings.TrimSpace(r.scan.get("value"))
		switch r.scan.local {
		case "ObsKey":
			return values(r, &r.obs)
		case "ObsDimension":
			id := r.scan.get("id")
			if id == "" {
				id = r.atObs
			}
			return r.component(&r.obs, id, value)
		case "ObsValue":
			r.obs.value = value
		case "Attributes":
			return marks(r)
		}
		return nil
	})
}

// marks reads the attributes of an observation; those that are no flag are
// dropped, for none is a dimension here.
func marks(r *Reader) error {
	n := len(r.obs.ids)
	err := values(r, &r.obs)
	r.obs.ids, r.obs.codes = r.obs.ids[:n], r.obs.codes[:n]
	return err
}

func (generic) dimension(*Reader, string, string) bool { return true }

// specific is the layout in which every component is an XML attribute named
// after it.
type specific struct{}

func (specific) series(r *Reader) error {
	return r.attributes(&r.series)
}

func (specific) observation(r *Reader) error {
	if err := r.attributes(&r.obs); err != nil {
		return err
	}
	if r.atObs != "TIME_PERIOD" && r.atObs != "ALLDIMENSIONS" {
		if err := r.explicitMeasure(); err != nil {
			return err
		}
	}
	return r.scan.each(func() error {
		if r.scan.local != "Comp" {
			return nil
		}
		return r.comp(r.scan.get("id"))
	})
}

// comp reads an attribute of several values (SDMX 3.0); flags alone matter.
func (r *Reader) comp(id string) error {
	n := len(r.obs.ids)
	err := r.scan.each(func() error {
		t, err := r.scan.text()
		if err != nil {
			return err
		}
		return r.component(&r.obs, id, t)
	})
	r.obs.ids, r.obs.codes = r.obs.ids[:n], r.obs.codes[:n]
	return err
}

// attributes sorts the attributes of the start tag into c. Names with a prefix
// (xsi:type) belong to the message, not to the data.
func (r *Reader) attributes(c *cell) error {
	for i := range r.scan.attr {
		a := &r.scan.attr[i]
		if a.Name.Space != "" || a.Name.Local == "xmlns" {
			continue
		}
		if err := r.component(c, a.Name.Local, strings.TrimSpace(a.Value)); err != nil {
			return err
		}
	}
	return nil
}

// explicitMeasure takes the code of the dimension on the observations from
// xsi:type where no attribute has it: cross-sectional data with a measure each.
func (r *Reader) explicitMeasure() error {
	for _, id := range r.obs.ids {
		if strings.EqualFold(id, r.atObs) {
			return nil
		}
	}
	for _, a := range r.scan.attr {
		if a.Name.Space == "xsi" && a.Name.Local == "type" {
			_, code, _ := strings.Cut(a.Value, ":")
			return r.component(&r.obs, r.atObs, code)
		}
	}
	return nil
}

// seriesAttributes are attributes of the standard's cross-domain concepts and of
// the European Central Bank that stand on a series and are no dimensions.
var seriesAttributes = map[string]bool{
	"TIME_FORMAT": true, "TITLE": true, "TITLE_COMPL": true, "DECIMALS": true, "UNIT_MULT": true,
	"COLLECTION": true, "COMPILATION": true, "COVERAGE": true, "SOURCE_AGENCY": true, "SOURCE_PUB": true,
	"PUBL_PUBLIC": true, "PUBL_ECB": true, "PUBL_MU": true, "BREAKS": true, "DOM_SER_IDS": true,
	"NAT_TITLE": true, "UNIT_INDEX_BASE": true, "METHODOLOGY": true, "REF_PERIOD_DETAIL": true,
	"COMMENT_OBS": true, "COMMENT_TS": true, "PRE_BREAK_VALUE": true, "OBS_COM": true, "OBS_PRE_BREAK": true,
	"OBS_DECIMALS": true, "EMBARGO_TIME": true, "REPYEARSTART": true, "REPYEAREND": true,
	"LAST_UPDATE": true, "CURRENCY_P": true, "TABLE_IDENTIFIER": true,
}

// dimension tells dimensions from attributes without a data structure.
// Eurostat writes dimensions in lower case and attributes in upper case. Where
// all is upper case, what is on seriesAttributes or is no code (it has a space)
// is an attribute, and the rest are dimensions; a note names the attributes.
func (specific) dimension(r *Reader, id, code string) bool {
	if r.lowerCase() {
		return !hasUpper(id)
	}
	if !seriesAttributes[id] && isCode(code) {
		return true
	}
	r.note(fmt.Sprintf("the field %s was taken for an attribute, not for a dimension", fault.Clip(id, 60)))
	return false
}

// lowerCase reports that some component of the first key has no upper case
// letter.
func (r *Reader) lowerCase() bool {
	lower := func(id string) bool { return !hasUpper(id) }
	return slices.ContainsFunc(r.series.ids, lower) || slices.ContainsFunc(r.obs.ids, lower)
}

func hasUpper(s string) bool { return strings.ContainsFunc(s, unicode.IsUpper) }

// isCode reports that s may be the code of an SDMX code list.
func isCode(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("_@$-.+*", rune(c)) {
			return false
		}
	}
	return s != ""
}
