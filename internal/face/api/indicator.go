package api

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"peerscape/internal/exchange/catalogue"
)

// Indicator is one row of the catalogue.
type Indicator struct {
	Code      string   `json:"code" example:"gdp_pps"`
	Name      string   `json:"name"`
	Unit      string   `json:"unit"`
	Decimals  int      `json:"decimals"`
	Domain    string   `json:"domain"`
	Theme     string   `json:"theme,omitempty"`
	Direction string   `json:"direction" enum:"more,less,context" doc:"whether more is better, less is better, or neither"`
	Level     int      `json:"level" doc:"finest NUTS level at which anything publishes it"`
	Convert   string   `json:"conversion" enum:"sum,sum_area,mean,ratio,none" doc:"how values of older boundaries become values of newer ones"`
	Sources   []Source `json:"sources"`
	Formula   string   `json:"formula,omitempty" doc:"for a derived indicator"`
	Ends      int      `json:"endsIn,omitempty" doc:"last year, where the publisher stopped"`
	Successor string   `json:"successor,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// Source is a dataset and the filter that picks one slice of it.
type Source struct {
	Dataset string            `json:"dataset"`
	Filter  map[string]string `json:"filter"`
	Level   int               `json:"level"`
	Note    string            `json:"note,omitempty"`
}

// Indicators is the catalogue.
type Indicators struct {
	Indicators []Indicator `json:"indicators"`
}

func (x Indicators) head() []string {
	return []string{"code", "name", "unit", "domain", "direction", "level", "dataset", "filter", "ends_in", "successor"}
}

func (x Indicators) rows(write func(...string)) {
	for _, i := range x.Indicators {
		ends := ""
		if i.Ends != 0 {
			ends = strconv.Itoa(i.Ends)
		}
		var dataset, filter string
		if len(i.Sources) > 0 {
			dataset, filter = i.Sources[0].Dataset, catalogue.Filter(i.Sources[0].Filter).String()
		}
		write(i.Code, i.Name, i.Unit, i.Domain, i.Direction, strconv.Itoa(i.Level), dataset, filter, ends, i.Successor)
	}
}

func (s *Service) registerIndicators(api huma.API) {
	huma.Register(api, operation("list-indicators", "/indicators", "List the indicators", "indicators"),
		func(_ context.Context, in *struct {
			Lang   string `query:"lang" maxLength:"5" default:"en"`
			Domain string `query:"domain" maxLength:"40"`
			Format string `query:"format" enum:"json,csv" default:"json"`
		},
		) (*body[Indicators], error) {
			out := Indicators{Indicators: []Indicator{}}
			for _, i := range s.figures.Indicators() {
				if in.Domain == "" || i.Domain == in.Domain {
					out.Indicators = append(out.Indicators, indicator(i, in.Lang))
				}
			}
			return &body[Indicators]{out}, nil
		})
	huma.Register(api, operation("get-indicator", "/indicators/{code}", "Show an indicator", "indicators"),
		func(_ context.Context, in *struct {
			Code string `path:"code" maxLength:"64" example:"gdp_pps"`
			Lang string `query:"lang" maxLength:"5" default:"en"`
		},
		) (*body[Indicator], error) {
			i, err := s.figures.Indicator(in.Code)
			if err != nil {
				return nil, s.reply(err)
			}
			return &body[Indicator]{indicator(i, in.Lang)}, nil
		})
}

func indicator(i *catalogue.Indicator, lang string) Indicator {
	out := Indicator{
		Code: i.Code, Name: i.NameIn(lang), Unit: i.Unit, Decimals: i.Decimals, Domain: i.Domain, Theme: i.Theme,
		Direction: string(i.Direction), Level: i.Level, Convert: string(i.Convert), Sources: []Source{},
		Successor: i.Successor, Note: i.Note[lang],
	}
	if i.Ends {
		out.Ends = i.Last
	}
	if i.Derived != nil {
		out.Formula = i.Derived.Formula()
	}
	for _, src := range i.Sources {
		out.Sources = append(out.Sources, Source{Dataset: src.Dataset, Filter: src.Filter, Level: src.Level, Note: src.Note})
	}
	return out
}
