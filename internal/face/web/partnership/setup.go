package partnership

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// The set-up of a partnership: what it is, who is in it, what it wants to change.
// Each step stands when it is sent; what is left can be done later.
var steps = []string{"profile", "partners", "instruments"}

// blankView is the choice at the beginning: the demonstration, or the first step
// of one's own.
type blankView struct {
	*editView
	lead, email string
	demo        bool // it is not there yet
}

// asked are the questions of the first step: the profile's that matter at once.
var asked = []string{"short", "title", "programme", "period", "from", "to", "themes"}

func (s *Pages) blankForm(ctx context.Context) *editView {
	v := &editView{
		form: &form{
			p: &exchange.Partnership{}, part: &exchange.Profile{Programme: "Interreg Europe", Period: exchange.Periods[len(exchange.Periods)-1]},
			lang: content.Lang(locale.Code(ctx)), now: s.Now(), themes: s.register.Themes, find: s.find,
		},
		langs: locale.Languages(ctx),
	}
	for _, name := range asked {
		for _, c := range forms[exchange.ProfileKind] {
			if c.name == name {
				v.controls = append(v.controls, c)
			}
		}
	}
	return v
}

func (s *Pages) blank(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	return s.blankPage(ctx, &blankView{editView: s.blankForm(ctx), lead: "self"}, 0)
}

func (s *Pages) blankPage(ctx context.Context, v *blankView, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	if err := a.May(people.StartPartnership, people.Object{}); err != nil {
		return nil, err
	}
	all, err := s.register.List(ctx, a)
	if err != nil {
		return nil, err
	}
	v.demo = len(all) == 0
	title := locale.T(ctx, "partnerships.new")
	return &page.Answer{
		Title: title, Section: "partnerships", Status: status, Body: blankPage(v),
		Crumbs: []component.Crumb{{Text: locale.T(ctx, "partnerships.title"), Href: "/partnerships"}, {Text: title}},
	}, nil
}

// start takes the first step.
func (s *Pages) start(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a := page.Actor(ctx)
	if err := a.May(people.StartPartnership, people.Object{}); err != nil {
		return nil, err
	}
	if err := r.ParseForm(); err != nil {
		return nil, fault.New(fault.Invalid, "page.form", "what was sent is no form").Do("Send the form again").Because(err)
	}
	v := &blankView{editView: s.blankForm(ctx), lead: r.PostForm.Get("lead"), email: r.PostForm.Get("email")}
	v.values = r.PostForm
	if lang, err := content.ParseLang(v.values.Get("lang")); err == nil {
		v.lang = lang
	}
	refuse := func(field string, err error) (*page.Answer, error) {
		p, status, ok := page.Said(ctx, err)
		if !ok {
			return nil, err
		}
		if p.Field = field; field == "" {
			p.Field = fieldOf(err)
		}
		v.problem = p
		return s.blankPage(ctx, v, status)
	}
	if field, err := v.read(v.controls); err != nil {
		return refuse(field, err)
	}
	if v.lead == "other" && strings.TrimSpace(v.email) == "" {
		return refuse("email", fault.New(fault.Invalid, "people.email", "%q is not an e-mail address", "").With("email", "").Do("Write it like name@example.org"))
	}
	profile := v.part.(*exchange.Profile)
	slug := slugOf(profile.Short)
	id, err := s.register.Start(ctx, a, slug, profile, v.lead != "other")
	if err != nil {
		return refuse("", err)
	}
	if v.lead != "other" {
		return &page.Answer{Redirect: "/partnerships/" + slug + "/setup/partners"}, nil
	}
	return s.handedOver(ctx, a, id, profile, v.email)
}

// handedOver invites the project manager, and shows the link.
func (s *Pages) handedOver(ctx context.Context, a *people.Actor, id string, profile *exchange.Profile, email string) (*page.Answer, error) {
	secret, err := s.people.Invite(ctx, a, people.Invitation{Email: email, Role: people.ProjectManager, Partnership: id})
	if err != nil {
		return nil, err
	}
	title := profile.Short
	return &page.Answer{Title: title, Section: "partnerships", Private: true, Body: handedPage(title, email, s.Link("/invitations/"+secret))}, nil
}

// slugOf makes an address of a name: small letters without accents, digits,
// hyphens.
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.NewReplacer("ß", "ss", "ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "æ", "ae", "đ", "d").Replace(name)) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

func (s *Pages) loadDemo(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	done, err := s.register.LoadDemo(ctx, page.Actor(ctx), s.demo)
	if p, status, ok := page.Said(ctx, err); ok {
		v := &blankView{editView: s.blankForm(ctx), lead: "self"}
		v.problem = p
		return s.blankPage(ctx, v, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: "/partnerships/" + done[0].Slug}, nil
}

// stepView is the second or the third step.
type stepView struct {
	problem *component.Problem
	p       *exchange.Partnership
	step    string
	rows    []map[string]string
	form    *form
}

// rowsOfStep is how many empty rows a step offers.
const rowsOfStep = 8

// stepFields are the answers of a row, by step; a row whose first is empty is left
// out.
var stepFields = map[string][]string{
	"partners":    {"organisation", "sort", "role", "region"},
	"instruments": {"name", "sort", "responsible", "partner"},
}

func (s *Pages) step(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v, err := s.openStep(ctx, r)
	if err != nil {
		return nil, err
	}
	for i := range rowsOfStep {
		row := map[string]string{"sort": map[string]string{"partners": "authority", "instruments": "erdf"}[v.step], "role": "partner"}
		if i == 0 && len(v.p.Partners()) == 0 {
			row["role"] = "lead"
		}
		v.rows = append(v.rows, row)
	}
	return s.stepPage(ctx, v, 0), nil
}

func (s *Pages) openStep(ctx context.Context, r *http.Request) (*stepView, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := page.Actor(ctx).May(people.EditPartnership, people.Object{Partnership: p.ID}); err != nil {
		return nil, err
	}
	v := &stepView{p: p, step: r.PathValue("step")}
	if stepFields[v.step] == nil {
		return nil, fault.New(fault.Missing, "partnership.step", "there is no step %q", fault.Clip(v.step, 40)).Do("Go back to the partnership")
	}
	v.form = &form{p: p, part: &exchange.Instrument{}, now: s.Now(), lang: content.Lang(locale.Code(ctx)), find: s.find}
	return v, nil
}

func (s *Pages) stepPage(ctx context.Context, v *stepView, status int) *page.Answer {
	title := locale.T(ctx, "partnership.step."+v.step)
	return &page.Answer{Title: title, Section: "partnerships", Crumbs: crumbs(ctx, v.p, title), Body: stepPage(v, title), Status: status}
}

func (s *Pages) takeStep(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v, err := s.openStep(ctx, r)
	if err != nil {
		return nil, err
	}
	for i := range rowsOfStep {
		row := map[string]string{}
		for _, f := range stepFields[v.step] {
			row[f] = strings.TrimSpace(r.PostFormValue(f + "." + strconv.Itoa(i)))
		}
		v.rows = append(v.rows, row)
	}
	if lang, err := content.ParseLang(r.PostFormValue("lang")); err == nil {
		v.form.lang = lang
	}
	at := 0
	err = s.register.SaveAll(ctx, page.Actor(ctx), v.p.ID, "", func(save func(exchange.Part) error) error {
		for i, row := range v.rows {
			at = i
			if row[stepFields[v.step][0]] == "" {
				continue
			}
			if err := v.saveRow(row, save); err != nil {
				return err
			}
		}
		return nil
	})
	if p, status, ok := page.Said(ctx, err); ok {
		field := fieldOf(err)
		if !slices.Contains(stepFields[v.step], field) {
			field = stepFields[v.step][0]
		}
		p.Field = field + "." + strconv.Itoa(at)
		v.problem = p
		return s.stepPage(ctx, v, status), nil
	}
	if err != nil {
		return nil, err
	}
	if v.step == "partners" {
		return &page.Answer{Redirect: path(v.p) + "/setup/instruments"}, nil
	}
	return &page.Answer{Redirect: path(v.p)}, nil
}

// saveRow makes the parts of a row and saves them.
func (v *stepView) saveRow(row map[string]string, save func(exchange.Part) error) error {
	clean := func(name string) (string, error) {
		return content.Field{Name: name, Most: 250}.Clean(row[name])
	}
	if v.step == "instruments" {
		name, err := clean("name")
		if err != nil {
			return err
		}
		responsible, err := clean("responsible")
		if err != nil {
			return err
		}
		x := &exchange.Instrument{Name: content.Write(v.form.lang, name, v.form.now), Sort: row["sort"], Responsible: responsible}
		if row["partner"] != "" {
			x.Partners = []string{row["partner"]}
		}
		return save(x)
	}
	name, err := clean("organisation")
	if err != nil {
		return err
	}
	o := &exchange.Organisation{Name: name, Sort: row["sort"]}
	x := &exchange.Partner{Role: exchange.Role(row["role"])}
	if row["region"] != "" {
		id, ok := v.form.find(row["region"])
		if !ok {
			return fault.New(fault.Invalid, "partnership.region", "there is no region %s", fault.Clip(row["region"], 40)).
				With("code", fault.Clip(row["region"], 40)).With("version", int(nuts.Current)).With("field", "region").Do("Search for the region by its name")
		}
		x.Regions = []exchange.Territory{{Code: id.Code, Version: id.Version}}
		o.Country = string(id.Code[:2])
	}
	if err := save(o); err != nil {
		return err
	}
	x.Holders = []exchange.Holder{{Organisation: o.ID}}
	return save(x)
}

// stepNote says which of the steps this is.
func stepNote(ctx context.Context, n int) string {
	return locale.T(ctx, "partnership.step-of", "Step", strconv.Itoa(n+1), "Steps", strconv.Itoa(len(steps)))
}
