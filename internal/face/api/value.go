package api

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Figure is one indicator for one region, with its source.
type Figure struct {
	Indicator string  `json:"indicator" example:"gdp_pps"`
	Name      string  `json:"name"`
	Unit      string  `json:"unit"`
	Region    Code    `json:"region"`
	Basis     string  `json:"basis" enum:"own,converted,inherited" doc:"whose value it is: published for the region, estimated from regions of other boundaries, or the value of a region that contains it"`
	Of        Code    `json:"of" doc:"the region whose value it is"`
	SameArea  bool    `json:"sameArea,omitempty" doc:"inherited from a region that covers exactly the same area"`
	Pieces    []Piece `json:"pieces,omitempty" doc:"converted: what it was made from"`
	Weight    string  `json:"weight,omitempty" doc:"converted: what the shares count"`
	Origin    Origin  `json:"origin"`
	Points    []Point `json:"points"`
	Breaks    []Break `json:"breaks,omitempty"`
}

// Point is one value.
type Point struct {
	Period    string   `json:"period" example:"2023"`
	Value     *float64 `json:"value" nullable:"true" doc:"absent where the publisher withholds it"`
	Flags     string   `json:"flags,omitempty" example:"bp" doc:"Eurostat's letters; @C means confidential"`
	FlagWords string   `json:"flagWords,omitempty" example:"break in series, provisional"`
	Estimated bool     `json:"estimated,omitempty" doc:"estimated by this installation from other values"`
}

// Break says that a line must not be read across a period.
type Break struct {
	Period string  `json:"period"`
	Reason string  `json:"reason" enum:"flag,territory"`
	Area   float64 `json:"area,omitempty" doc:"km² gained"`
	People float64 `json:"people,omitempty" doc:"people gained, 2021"`
}

// Origin walks a number back to what was imported.
type Origin struct {
	Publisher string            `json:"publisher"`
	Dataset   string            `json:"dataset" example:"nama_10r_3gdp"`
	Title     string            `json:"title,omitempty"`
	Filter    map[string]string `json:"filter,omitempty" doc:"dimension and code"`
	Vintage   string            `json:"vintage" doc:"state of the dataset: the publisher's update, else the day of retrieval"`
	Retrieved string            `json:"retrieved,omitempty"`
	File      string            `json:"file,omitempty"`
	SHA256    string            `json:"sha256,omitempty"`
	NUTS      int               `json:"nutsVersion,omitempty"`
	Licence   string            `json:"licence"`
	Link      string            `json:"link,omitempty"`
	Formula   string            `json:"formula,omitempty" doc:"for a derived indicator"`
	Parts     []Origin          `json:"parts,omitempty" doc:"where the parts of a derived indicator come from"`
}

// Figures is what is known of one region.
type FigureList struct {
	Region  Region   `json:"region"`
	Figures []Figure `json:"figures"`
}

// Values is one indicator in one period for all regions of a level.
type Values struct {
	Indicator string   `json:"indicator"`
	Name      string   `json:"name"`
	Unit      string   `json:"unit"`
	Level     int      `json:"level"`
	Version   int      `json:"version"`
	Period    string   `json:"period"`
	Periods   []string `json:"periods" doc:"those that can be asked for"`
	Origin    Origin   `json:"origin"`
	Values    []Value  `json:"values"`
}

// Value is one region's value in a list of Values.
type Value struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Basis string `json:"basis" enum:"own,converted"`
	Point
}

var pointHead = []string{"period", "value", "flags", "estimated", "basis", "of", "dataset", "vintage"}

func (f FigureList) head() []string {
	return append([]string{"region", "nuts_version", "indicator", "unit"}, pointHead...)
}

func (f FigureList) rows(write func(...string)) {
	for _, x := range f.Figures {
		x.rows(write)
	}
}

func (f Figure) head() []string {
	return append([]string{"region", "nuts_version", "indicator", "unit"}, pointHead...)
}

func (f Figure) rows(write func(...string)) {
	for _, p := range f.Points {
		write(f.Region.Code, strconv.Itoa(f.Region.Version), f.Indicator, f.Unit, p.Period, number(p.Value), p.Flags,
			strconv.FormatBool(p.Estimated), f.Basis, f.Of.Code, f.Origin.Dataset, f.Origin.Vintage)
	}
}

func (v Values) head() []string {
	return append([]string{"region", "nuts_version", "name", "indicator", "unit"}, pointHead...)
}

func (v Values) rows(write func(...string)) {
	for _, x := range v.Values {
		write(x.Code, strconv.Itoa(v.Version), x.Name, v.Indicator, v.Unit, x.Period, number(x.Value), x.Flags,
			strconv.FormatBool(x.Estimated), x.Basis, x.Code, v.Origin.Dataset, v.Origin.Vintage)
	}
}

// FigureInput names a region; it is exported because parameters of an embedded
// struct are read only then.
type FigureInput struct {
	Code    string `path:"code" maxLength:"6" example:"FI1C6"`
	Version string `query:"version" enum:"newest,2013,2016,2021,2024" default:"newest" doc:"NUTS version in which the code is read"`
	Lang    string `query:"lang" maxLength:"5" default:"en" doc:"language of names"`
	Format  string `query:"format" enum:"json,csv" default:"json"`
}

func (s *Service) registerValues(api huma.API) {
	huma.Register(api, operation("list-figures", "/regions/{code}/figures", "List a region's figures", "values"),
		func(ctx context.Context, in *FigureInput) (*body[FigureList], error) {
			r, err := s.region(in.Code, in.Version)
			if err != nil {
				return nil, s.reply(err)
			}
			found, err := s.figures.Figures(ctx, r.ID)
			if err != nil {
				return nil, s.reply(err)
			}
			out := FigureList{Region: s.describe(r), Figures: []Figure{}}
			for _, f := range found {
				out.Figures = append(out.Figures, figure(f, in.Lang))
			}
			return &body[FigureList]{out}, nil
		})
	huma.Register(api, operation("get-figure", "/regions/{code}/figures/{indicator}", "Show one figure of a region as a series", "values"),
		func(ctx context.Context, in *struct {
			FigureInput
			Indicator string `path:"indicator" maxLength:"64" example:"gdp_pps"`
		},
		) (*body[Figure], error) {
			r, err := s.region(in.Code, in.Version)
			if err != nil {
				return nil, s.reply(err)
			}
			f, err := s.figures.Figure(ctx, r.ID, in.Indicator)
			if err != nil {
				return nil, s.reply(err)
			}
			return &body[Figure]{figure(f, in.Lang)}, nil
		})
	huma.Register(api, operation("list-values", "/values", "List one indicator for all regions of a level", "values"), s.values)
}

type valuesInput struct {
	Indicator string `query:"indicator" required:"true" maxLength:"64" example:"gdp_pps"`
	Level     int    `query:"level" minimum:"0" maximum:"3" default:"2" doc:"NUTS level"`
	Period    string `query:"period" maxLength:"10" example:"2023" doc:"left out: the newest that covers most regions"`
	Lang      string `query:"lang" maxLength:"5" default:"en"`
	Format    string `query:"format" enum:"json,csv" default:"json"`
}

func (s *Service) values(ctx context.Context, in *valuesInput) (*body[Values], error) {
	var period stats.Period
	if in.Period != "" {
		var err error
		if period, err = stats.ParsePeriod(in.Period); err != nil {
			return nil, s.reply(err)
		}
	}
	m, err := s.figures.Map(ctx, in.Indicator, in.Level, period)
	if err != nil {
		return nil, s.reply(err)
	}
	out := Values{
		Indicator: m.Indicator.Code, Name: m.Indicator.NameIn(in.Lang), Unit: m.Indicator.Unit, Level: m.Level,
		Version: int(m.Version), Period: m.Period.String(), Origin: origin(m.Origin), Periods: []string{}, Values: []Value{},
	}
	for _, p := range m.Periods {
		out.Periods = append(out.Periods, p.String())
	}
	for _, v := range m.Values {
		out.Values = append(out.Values, Value{
			Code: string(v.Region.Code), Name: v.Region.Name, Basis: v.Basis.String(), Point: point(v.Point),
		})
	}
	return &body[Values]{out}, nil
}

func figure(f *catalogue.Figure, lang string) Figure {
	out := Figure{
		Indicator: f.Indicator.Code, Name: f.Indicator.NameIn(lang), Unit: f.Indicator.Unit,
		Region: code(f.Region), Basis: f.Basis.String(), Of: code(f.Of), SameArea: f.Same,
		Pieces: pieces(f.Pieces), Weight: f.Weight, Origin: origin(f.Origin), Points: []Point{},
	}
	for _, p := range f.Points {
		out.Points = append(out.Points, point(p))
	}
	for _, b := range f.Breaks {
		out.Breaks = append(out.Breaks, Break{Period: b.Period.String(), Reason: b.Reason, Area: b.Area, People: b.People})
	}
	return out
}

func code(id nuts.ID) Code { return Code{string(id.Code), int(id.Version)} }

func point(p catalogue.Point) Point {
	out := Point{Period: p.Period.String(), Flags: p.Flags.String(), FlagWords: p.Flags.Words(), Estimated: p.Estimated}
	if !math.IsNaN(p.Value) {
		out.Value = &p.Value
	}
	return out
}

func origin(o catalogue.Origin) Origin {
	out := Origin{
		Publisher: o.Publisher, Dataset: o.Dataset, Title: o.Title, Filter: o.Filter, Vintage: o.Vintage.Label,
		File: o.Vintage.File, SHA256: o.Vintage.SHA256, NUTS: int(o.NUTS), Licence: o.Licence, Link: o.Link, Formula: o.Formula,
	}
	if !o.Vintage.Retrieved.IsZero() {
		out.Retrieved = o.Vintage.Retrieved.Format(time.DateOnly)
	}
	for _, part := range o.Derived {
		out.Parts = append(out.Parts, origin(part))
	}
	return out
}
