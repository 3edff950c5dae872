package eurostat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/sdmxml"
)

// API is the interface and format in which figures are asked for.
type API uint8

// The interfaces. TSV is the smallest and the quickest to read.
const (
	TSV         API = iota // SDMX 2.1, Eurostat's TSV
	CSV                    // SDMX 2.1, SDMX-CSV 1.0
	LabelledCSV            // SDMX 3.0, SDMX-CSV 2.0 with codes and labels
	Statistics             // the Statistics interface, JSON-stat 2.0
)

// apis says of each interface how its files are named and what they hold.
var apis = [...]struct {
	words, ext string
	holds      content
}{
	TSV:         {"TSV", ".tsv.gz", contentTSV},
	CSV:         {"SDMX-CSV", ".csv.gz", contentCSV},
	LabelledCSV: {"SDMX-CSV 2.0 with labels", ".csv.gz", contentCSV},
	Statistics:  {"JSON-stat", ".json", contentJSONStat},
}

// String names the format for people.
func (a API) String() string {
	if int(a) < len(apis) {
		return apis[a].words
	}
	return fmt.Sprintf("api(%d)", uint8(a))
}

// Query says which figures to fetch. Without a filter and periods it is the
// whole dataset.
type Query struct {
	Dataset string              // code, any case: "nama_10r_3gdp"
	Filter  map[string][]string // dimension → codes, any case; a dimension left out takes all
	Since   stats.Period        // zero: from the first
	Until   stats.Period        // zero: to the last
	API     API
}

const (
	maxAddress = 6000 // bytes of an address; longer ones are refused on the way
	maxCodes   = 1 << 16
)

// ask is a query made exact: codes as the code lists spell them, dimensions in
// the order of the data structure.
type ask struct {
	Query
	dims   []string // lower case; nil where the query needs no order
	filter map[string][]string
}

// check refuses what could not stand in an address, before anything is asked.
func (q *Query) check() error {
	if int(q.API) >= len(apis) {
		return fault.New(fault.Internal, "eurostat.api", "there is no interface %v", q.API)
	}
	if !isID(q.Dataset) {
		return fault.New(fault.Invalid, "eurostat.dataset", "%q is not the code of a dataset", fault.Clip(q.Dataset, 60)).
			Do("Write a code such as nama_10r_3gdp")
	}
	n := 0
	for dim, codes := range q.Filter {
		n += len(codes)
		for _, id := range append([]string{dim}, codes...) {
			if !isID(id) {
				return fault.New(fault.Invalid, "eurostat.filter", "%q in the filter for %s is not a code", fault.Clip(id, 60), fault.Clip(dim, 60)).
					Do("Codes are letters, digits, _, -, @ and $")
			}
		}
	}
	if n > maxCodes {
		return fault.New(fault.TooLarge, "eurostat.filter", "the filter has more than %d codes", maxCodes).
			Do("Leave out the dimension with the most codes")
	}
	if q.Since != 0 && q.Until != 0 && q.Since.Year() > q.Until.Year() {
		return fault.New(fault.Invalid, "eurostat.period", "the first period %v is after the last, %v", q.Since, q.Until).
			Do("Change them round")
	}
	return nil
}

// isID reports that s is an id of SDMX.
func isID(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("_@$-", rune(c)) {
			return false
		}
	}
	return s != "" && len(s) <= 200
}

// exact checks the filter against the data structure and spells it as the code
// lists do. The service answers a wrong value with an empty cube in one
// interface and a fault in the others: this says it before.
func (q *Query) exact(s *sdmxml.Structure) (*ask, error) {
	a := &ask{Query: *q, filter: map[string][]string{}}
	if len(q.Filter) == 0 {
		return a, nil
	}
	d, err := structureOf(s, q.Dataset)
	if err != nil {
		return nil, err
	}
	for _, c := range d.Dimensions {
		a.dims = append(a.dims, strings.ToLower(c.ID))
	}
	for _, dim := range slices.Sorted(maps.Keys(q.Filter)) {
		at := slices.Index(a.dims, strings.ToLower(dim))
		if at < 0 {
			return nil, fault.New(fault.Invalid, "eurostat.dimension", "%s has no dimension %s", strings.ToLower(q.Dataset), dim).
				Do("Its dimensions are %s", strings.Join(a.dims, ", "))
		}
		codes, err := spelled(s, d.Dimensions[at], q.Filter[dim], q.Dataset)
		if err != nil {
			return nil, err
		}
		a.filter[a.dims[at]] = codes
	}
	return a, nil
}

// structureOf returns the data structure in s.
func structureOf(s *sdmxml.Structure, dataset string) (*sdmxml.DataStructure, error) {
	for i := range s.DataStructures {
		if len(s.DataStructures[i].Dimensions) > 0 {
			return &s.DataStructures[i], nil
		}
	}
	return nil, fault.New(fault.Unavailable, "eurostat.structure", "Eurostat does not tell the dimensions of %s", strings.ToLower(dataset)).
		Do("Ask for the whole dataset, without a filter")
}

// spelled returns codes as the list of dimension c writes them, without
// repetition.
func spelled(s *sdmxml.Structure, c sdmxml.Component, codes []string, dataset string) ([]string, error) {
	list, ok := s.CodeList(c.CodeList)
	if !ok || len(list.Codes) == 0 {
		return codes, nil // nothing to check against; the service will
	}
	byUpper := make(map[string]string, len(list.Codes))
	for _, code := range list.Codes {
		byUpper[strings.ToUpper(code.ID)] = code.ID
	}
	var out []string
	for _, code := range codes {
		id, ok := byUpper[strings.ToUpper(code)]
		if !ok {
			return nil, fault.New(fault.Invalid, "eurostat.code", "%s of %s has no code %s", strings.ToLower(c.ID), strings.ToLower(dataset), code).
				With("dimension", strings.ToLower(c.ID)).With("code", code).
				Do("Its codes are %s", some(list.Codes))
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// some names the first codes of a list.
func some(codes []sdmxml.Code) string {
	const most = 12
	var ids []string
	for _, c := range codes[:min(len(codes), most)] {
		ids = append(ids, c.ID)
	}
	if len(codes) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(ids, ", "), len(codes)-most)
	}
	return strings.Join(ids, ", ")
}

// address returns the address of the figures, without the base.
func (a *ask) address() string {
	id := strings.ToUpper(a.Dataset)
	switch a.API {
	case CSV:
		return "/sdmx/2.1/data/" + id + a.key() + "?format=SDMX-CSV&compressed=true" + a.range21()
	case LabelledCSV:
		return "/sdmx/3.0/data/dataflow/ESTAT/" + id + "/1.0?" + a.components() +
			"format=csvdata&formatVersion=2.0&labels=both&lang=en&compress=true"
	case Statistics:
		return "/statistics/1.0/data/" + id + "?format=JSON&lang=EN" + a.parameters()
	default:
		return "/sdmx/2.1/data/" + id + a.key() + "?format=TSV&compressed=true" + a.range21()
	}
}

// key returns "/A..DE+FR": one slot for each dimension, or nothing for all.
func (a *ask) key() string {
	if len(a.filter) == 0 {
		return ""
	}
	slots := make([]string, len(a.dims))
	for i, dim := range a.dims {
		slots[i] = strings.Join(a.filter[dim], "+")
	}
	return "/" + strings.Join(slots, ".")
}

func (a *ask) range21() string {
	out := ""
	if a.Since != 0 {
		out += "&startPeriod=" + a.Since.String()
	}
	if a.Until != 0 {
		out += "&endPeriod=" + a.Until.String()
	}
	return out
}

// components returns the filters of SDMX 3.0, each with & behind it.
func (a *ask) components() string {
	var b strings.Builder
	add := func(id, value string) {
		b.WriteString("c" + url.QueryEscape("["+id+"]") + "=" + url.QueryEscape(value) + "&")
	}
	for _, dim := range a.dims {
		if codes := a.filter[dim]; len(codes) > 0 {
			add(dim, strings.Join(codes, ","))
		}
	}
	var span []string
	if a.Since != 0 {
		span = append(span, "ge:"+a.Since.String())
	}
	if a.Until != 0 {
		span = append(span, "le:"+a.Until.String())
	}
	if len(span) > 0 {
		add("TIME_PERIOD", strings.Join(span, "+"))
	}
	return b.String()
}

// parameters returns the filters of the Statistics interface.
func (a *ask) parameters() string {
	var b strings.Builder
	for _, dim := range a.dims {
		for _, code := range a.filter[dim] {
			b.WriteString("&" + dim + "=" + code)
		}
	}
	if a.Since != 0 {
		b.WriteString("&sinceTimePeriod=" + a.Since.String())
	}
	if a.Until != 0 {
		b.WriteString("&untilTimePeriod=" + a.Until.String())
	}
	return b.String()
}

// stem names the files of an address in the cache folder.
func stem(dataset, address string) string {
	sum := sha256.Sum256([]byte(address))
	return strings.ToLower(dataset) + "." + hex.EncodeToString(sum[:8])
}
