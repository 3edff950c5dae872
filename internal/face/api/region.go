package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"peerscape/internal/nuts"
)

// Region is a NUTS region as the interface shows it.
type Region struct {
	Code       string  `json:"code" example:"FI1C6" doc:"NUTS code"`
	Version    int     `json:"version" example:"2024" doc:"NUTS version in which the code is read"`
	Level      int     `json:"level" minimum:"0" maximum:"3" example:"3"`
	Name       string  `json:"name" example:"Päijät-Häme" doc:"name in Latin letters"`
	Native     string  `json:"native" doc:"name in the region's own spelling"`
	Parent     string  `json:"parent,omitempty" example:"FI1C"`
	Country    string  `json:"country" example:"FI"`
	Urban      string  `json:"urban,omitempty" doc:"urban-rural typology"`
	Coast      string  `json:"coast,omitempty" doc:"coastal typology"`
	Mountain   string  `json:"mountain,omitempty" doc:"mountain typology"`
	Longitude  float64 `json:"longitude" doc:"representative point, degrees east"`
	Latitude   float64 `json:"latitude" doc:"representative point, degrees north"`
	Area       float64 `json:"area" doc:"km²"`
	OtherCodes []Code  `json:"otherVersions,omitempty" doc:"NUTS versions that have the same code"`
	Origins    []Piece `json:"origins,omitempty" doc:"regions of the version before that make up this one, where it changed"`
	Metros     []Metro `json:"metros,omitempty" doc:"the metropolis beside it"`
}

// Code is a code in a version.
type Code struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

// Piece is a region of another version and the share of it that counts.
type Piece struct {
	Code
	People float64 `json:"shareOfPeople" doc:"0 to 1, by population 2021"`
	Area   float64 `json:"shareOfArea" doc:"0 to 1"`
}

// Metro is the relation of a region to a metropolis.
type Metro struct {
	Code
	Name   string `json:"name" example:"Helsinki"`
	Kind   string `json:"kind" enum:"inside,ring,adjacent,corridor,cross-border"`
	Since  int    `json:"since,omitempty"`
	Source string `json:"source"`
	Note   string `json:"note,omitempty"`
}

// Regions is a list of regions.
type Regions struct {
	Regions []Region `json:"regions"`
}

func (r Regions) head() []string {
	return []string{"code", "version", "level", "name", "native", "parent", "country", "urban", "coast", "mountain", "longitude", "latitude", "area"}
}

func (r Regions) rows(write func(...string)) {
	float := func(f float64) string { return number(&f) }
	for _, x := range r.Regions {
		write(x.Code, strconv.Itoa(x.Version), strconv.Itoa(x.Level), x.Name, x.Native, x.Parent, x.Country,
			x.Urban, x.Coast, x.Mountain, float(x.Longitude), float(x.Latitude), float(x.Area))
	}
}

type regionsInput struct {
	Version string `query:"version" enum:"2013,2016,2021,2024" default:"2024" doc:"NUTS version"`
	Level   int    `query:"level" minimum:"-1" maximum:"3" default:"-1" doc:"NUTS level; -1 for all"`
	Country string `query:"country" maxLength:"2" doc:"country code, such as FI"`
	Query   string `query:"q" maxLength:"100" doc:"a name in any spelling, or a code of any version; best matches first"`
	Format  string `query:"format" enum:"json,csv" default:"json"`
}

type body[T any] struct{ Body T }

func (s *Service) registerRegions(api huma.API) {
	huma.Register(api, operation("list-regions", "/regions", "List or search regions", "regions"),
		func(_ context.Context, in *regionsInput) (*body[Regions], error) { return s.listRegions(in) })
	huma.Register(api, operation("get-region", "/regions/{code}", "Show a region", "regions"),
		func(_ context.Context, in *struct {
			Code    string `path:"code" maxLength:"6" example:"FI1C6"`
			Version string `query:"version" enum:"newest,2013,2016,2021,2024" default:"newest" doc:"NUTS version in which the code is read"`
		},
		) (*body[Region], error) {
			r, err := s.region(in.Code, in.Version)
			if err != nil {
				return nil, s.reply(err)
			}
			return &body[Region]{s.describe(r)}, nil
		})
}

func (s *Service) listRegions(in *regionsInput) (*body[Regions], error) {
	out := Regions{Regions: []Region{}}
	keep := func(r *nuts.Region) {
		if (in.Level < 0 || r.Level == in.Level) && (in.Country == "" || r.Country == nuts.Canonical(in.Country)) {
			out.Regions = append(out.Regions, brief(r))
		}
	}
	if in.Query != "" {
		for _, m := range s.regions.Search(in.Query, 50) {
			keep(m.Region)
		}
		return &body[Regions]{out}, nil
	}
	version, _ := strconv.Atoi(in.Version) // the description allows numbers only
	for _, r := range s.regions.Regions(nuts.Version(version), in.Level) {
		keep(r)
	}
	return &body[Regions]{out}, nil
}

func brief(r *nuts.Region) Region {
	return Region{
		Code: string(r.Code), Version: int(r.Version), Level: r.Level, Name: r.Name, Native: r.Native,
		Parent: string(r.Parent), Country: string(r.Country),
		Urban: r.Urban.String(), Coast: r.Coast.String(), Mountain: r.Mountain.String(),
		Longitude: r.Lon, Latitude: r.Lat, Area: r.Area,
	}
}

// describe is brief with the region's history and its metropolises.
func (s *Service) describe(r *nuts.Region) Region {
	out := brief(r)
	for _, v := range s.regions.VersionsOf(r.Code) {
		if v != r.Version {
			out.OtherCodes = append(out.OtherCodes, Code{string(r.Code), int(v)})
		}
	}
	if change, ok := s.regions.Change(r.ID); ok {
		out.Origins = pieces(change.Pieces)
	}
	for _, m := range s.regions.Metros(r.ID) {
		out.Metros = append(out.Metros, Metro{
			Code: Code{string(m.Metro.Code), int(m.Metro.Version)}, Name: m.Name, Kind: string(m.Kind),
			Since: m.Since, Source: m.Source, Note: m.Note,
		})
	}
	return out
}

func pieces(in []nuts.Piece) []Piece {
	var out []Piece
	for _, p := range in {
		out = append(out, Piece{Code: Code{string(p.Code), int(p.Version)}, People: p.OfPop, Area: p.OfArea})
	}
	return out
}

// operation describes a reading operation with the faults it may answer.
func operation(id, path, summary, tag string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tag},
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
		Responses: map[string]*huma.Response{"200": {
			Description: summary + ".",
		}},
	}
}
