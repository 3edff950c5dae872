package sdmxml

import (
	"cmp"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/stats"
)

// name reads one Name element into *n.
func (b *builder) name(n *Names) error {
	language := b.scan.get("lang")
	t, err := b.scan.text()
	if err != nil {
		return err
	}
	if *n == nil {
		*n = Names{}
	}
	(*n)[language] = t
	return b.keep(language, t)
}

func (b *builder) codeList() error {
	l := CodeList{Ref: refHere(b.scan), Partial: b.scan.get("isPartial") == "true"}
	err := b.scan.each(func() error {
		switch b.scan.local {
		case "Name":
			return b.name(&l.Names)
		case "Code", "GeoFeatureSetCode", "GeoGridCode":
			code, err := b.code()
			l.Codes = append(l.Codes, code)
			return err
		}
		return nil
	})
	b.out.CodeLists = append(b.out.CodeLists, l)
	return cmp.Or(err, b.keep(l.ID))
}

func (b *builder) code() (Code, error) {
	c := Code{ID: b.scan.get("id")}
	err := b.scan.each(func() (err error) {
		switch b.scan.local {
		case "Name":
			return b.name(&c.Names)
		case "Parent":
			c.Parent, err = b.parent()
		}
		return err
	})
	return c, cmp.Or(err, b.keep(c.ID, c.Parent))
}

// parent reads <Parent><Ref id=/></Parent> (2.1) or <Parent>id</Parent> (3.0).
func (b *builder) parent() (id string, err error) {
	depth := len(b.scan.open)
	for {
		if err := b.scan.next(); err != nil {
			return "", err
		}
		switch {
		case len(b.scan.open) < depth:
			return id, nil
		case id != "":
		case b.scan.kind == charData:
			id = strings.TrimSpace(string(b.scan.chars))
		case b.scan.kind == startTag && b.scan.local == "Ref":
			id = b.scan.get("id")
		}
	}
}

func (b *builder) conceptScheme() error {
	scheme := refHere(b.scan)
	return b.scan.each(func() error {
		if b.scan.local != "Concept" {
			return nil
		}
		c := Concept{Scheme: scheme, ID: b.scan.get("id")}
		err := b.scan.each(func() (err error) {
			switch b.scan.local {
			case "Name":
				return b.name(&c.Names)
			case "CoreRepresentation":
				c.CodeList, err = b.enumeration()
			}
			return err
		})
		b.out.Concepts = append(b.out.Concepts, c)
		return cmp.Or(err, b.keep(c.ID, c.CodeList.ID))
	})
}

// enumeration reads the code list that a representation names.
func (b *builder) enumeration() (ref Ref, err error) {
	err = b.scan.each(func() (err error) {
		if b.scan.local == "Enumeration" {
			ref, err = reference(b.scan)
		}
		return err
	})
	return ref, err
}

func (b *builder) dataStructure() error {
	d := DataStructure{Ref: refHere(b.scan), External: b.scan.get("isExternalReference") == "true"}
	err := b.scan.each(func() error {
		switch b.scan.local {
		case "Name":
			return b.name(&d.Names)
		case "DataStructureComponents":
			return b.scan.each(func() error { return b.components(&d) })
		}
		return nil
	})
	b.out.DataStructures = append(b.out.DataStructures, d)
	return cmp.Or(err, b.keep(d.ID))
}

// components reads one list of a data structure's components.
func (b *builder) components(d *DataStructure) error {
	switch b.scan.local {
	case "DimensionList":
		return b.dimensions(d)
	case "AttributeList":
		return b.scan.each(func() error {
			if b.scan.local != "Attribute" {
				return nil
			}
			c, err := b.component()
			d.Attributes = append(d.Attributes, c)
			return err
		})
	case "MeasureList":
		return b.scan.each(func() error {
			if b.scan.local != "PrimaryMeasure" && b.scan.local != "Measure" {
				return nil
			}
			c, err := b.component()
			d.Measures = append(d.Measures, c.ID)
			return err
		})
	}
	return nil
}

// dimensions reads the dimensions and puts them in the order of their positions
// where the file states them.
func (b *builder) dimensions(d *DataStructure) error {
	var positions []int
	err := b.scan.each(func() error {
		switch b.scan.local {
		case "Dimension", "MeasureDimension":
			position, _ := strconv.Atoi(b.scan.get("position"))
			c, err := b.component()
			d.Dimensions = append(d.Dimensions, c)
			positions = append(positions, position)
			return err
		case "TimeDimension":
			c, err := b.component()
			d.Time = c.ID
			return err
		}
		return nil
	})
	if err != nil || slices.Contains(positions, 0) || slices.IsSorted(positions) {
		return err
	}
	order := make([]int, len(positions))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(positions[i], positions[j]) })
	sorted := make([]Component, len(order))
	for at, from := range order {
		sorted[at] = d.Dimensions[from]
	}
	d.Dimensions = sorted
	return nil
}

// component reads a dimension, attribute or measure. Without an id of its own
// it has that of its concept.
func (b *builder) component() (Component, error) {
	c := Component{ID: b.scan.get("id")}
	err := b.scan.each(func() (err error) {
		switch b.scan.local {
		case "ConceptIdentity":
			c.Concept, err = b.concept()
		case "LocalRepresentation":
			c.CodeList, err = b.enumeration()
		}
		return err
	})
	c.ID = cmp.Or(c.ID, c.Concept)
	return c, cmp.Or(err, b.keep(c.ID, c.Concept, c.CodeList.ID))
}

// concept reads the id at the end of a reference to a concept; in a URN it
// stands behind the version: "…Concept=ESTAT:CS(1.0).FREQ".
func (b *builder) concept() (string, error) {
	depth := len(b.scan.open)
	id := ""
	for {
		if err := b.scan.next(); err != nil {
			return "", err
		}
		switch {
		case len(b.scan.open) < depth:
			return id, nil
		case id != "":
		case b.scan.kind == charData:
			_, id, _ = strings.Cut(strings.TrimSpace(string(b.scan.chars)), ").")
		case b.scan.kind == startTag && b.scan.local == "Ref":
			id = b.scan.get("id")
		}
	}
}

func (b *builder) dataflow() error {
	f := Dataflow{Ref: refHere(b.scan)}
	err := b.scan.each(func() (err error) {
		switch b.scan.local {
		case "Name":
			return b.name(&f.Names)
		case "Structure":
			f.Structure, err = reference(b.scan)
		case "Annotations":
			return b.annotations(f.annotate)
		}
		return err
	})
	b.out.Dataflows = append(b.out.Dataflows, f)
	return cmp.Or(err, b.keep(f.ID, f.DOI, f.Metadata))
}

// annotation is a remark on an artefact.
type annotation struct{ id, kind, title, url string }

// annotations hands each annotation to take.
func (b *builder) annotations(take func(annotation)) error {
	return b.scan.each(func() error {
		a := annotation{id: b.scan.get("id")}
		err := b.scan.each(func() (err error) {
			switch b.scan.local {
			case "AnnotationTitle":
				a.title, err = b.scan.text()
			case "AnnotationType":
				a.kind, err = b.scan.text()
			case "AnnotationURL":
				a.url, err = b.scan.text()
			}
			return err
		})
		if err == nil {
			take(a)
		}
		return err
	})
}

// annotate takes what Eurostat tells of a dataset in annotations. What cannot
// be read is left unstated.
func (f *Dataflow) annotate(a annotation) {
	switch a.kind {
	case "DISSEMINATION_DOI_XML":
		f.DOI = doiIn(a.title)
	case "OBS_COUNT":
		f.Observations, _ = strconv.ParseInt(a.title, 10, 64)
	case "OBS_PERIOD_OVERALL_OLDEST":
		f.Oldest, _ = stats.ParsePeriod(a.title)
	case "OBS_PERIOD_OVERALL_LATEST":
		f.Latest, _ = stats.ParsePeriod(a.title)
	case "UPDATE_DATA":
		f.Updated = moment(a.title)
	case "UPDATE_STRUCTURE":
		f.StructureUpdated = moment(a.title)
	case "ESMS_HTML":
		f.Metadata = a.url
	}
}

// doiIn returns the text of the notation element in the XML that stands, once
// escaped, in the annotation's title.
func doiIn(text string) string {
	dec := xml.NewDecoder(strings.NewReader(text))
	inNotation := false
	for {
		token, err := dec.RawToken()
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			inNotation = t.Name.Local == "notation"
		case xml.CharData:
			if doi := strings.TrimSpace(string(t)); inNotation && strings.HasPrefix(doi, "10.") {
				return doi
			}
		}
	}
}

func (b *builder) constraint() error {
	c := Constraint{Ref: refHere(b.scan)}
	err := b.scan.each(func() error {
		switch b.scan.local {
		case "Name":
			return b.name(&c.Names)
		case "Annotations":
			return b.annotations(func(a annotation) {
				if a.id == "obs_count" || a.kind == "OBS_COUNT" {
					c.Observations, _ = strconv.ParseInt(a.title, 10, 64)
				}
			})
		case "ConstraintAttachment":
			return b.scan.each(func() (err error) {
				if b.scan.local == "Dataflow" {
					c.Dataflow, err = reference(b.scan)
				}
				return err
			})
		case "CubeRegion":
			return b.cubeRegion(&c)
		}
		return nil
	})
	b.out.Constraints = append(b.out.Constraints, c)
	return cmp.Or(err, b.keep(c.ID))
}

// cubeRegion adds the codes of a region that is included; a region that is
// excluded is left out with a note.
func (b *builder) cubeRegion(c *Constraint) error {
	if b.scan.get("include") == "false" {
		b.out.Notes = append(b.out.Notes, "a region of excluded codes was left out")
		return b.keep()
	}
	return b.scan.each(func() error {
		if b.scan.local != "KeyValue" && b.scan.local != "Component" {
			return nil
		}
		if len(c.Dimensions) > maxDimensions {
			return b.scan.tooMuch("the constraint has more than %d dimensions", maxDimensions)
		}
		return b.occurrence(c.of(b.scan.get("id")))
	})
}

// of returns the occurrence of a dimension, made if need be.
func (c *Constraint) of(id string) *Occurrence {
	for i := range c.Dimensions {
		if c.Dimensions[i].ID == id {
			return &c.Dimensions[i]
		}
	}
	c.Dimensions = append(c.Dimensions, Occurrence{ID: id})
	return &c.Dimensions[len(c.Dimensions)-1]
}

func (b *builder) occurrence(o *Occurrence) error {
	err := b.scan.each(func() error {
		switch b.scan.local {
		case "Value":
			code, err := b.scan.text()
			o.Codes = append(o.Codes, code)
			return cmp.Or(err, b.keep(code))
		case "TimeRange":
			return b.scan.each(func() (err error) {
				switch b.scan.local {
				case "StartPeriod", "AfterPeriod":
					o.Since, err = b.scan.text()
				case "EndPeriod", "BeforePeriod":
					o.Until, err = b.scan.text()
				}
				return err
			})
		}
		return nil
	})
	return cmp.Or(err, b.keep(o.ID, o.Since, o.Until))
}
