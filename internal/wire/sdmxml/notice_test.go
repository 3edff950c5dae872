package sdmxml

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoticeSpecimens(t *testing.T) {
	tests := []struct {
		file  string
		fault *Fault
		async *Async
	}{
		{file: "async_queued_in_place_of_data.xml", async: &Async{"e3d39a1b-27eb-4ce4-936d-8f95b23bf74f", Submitted}},
		{file: "async_status_submitted.xml", async: &Async{"0f164c29-0e96-4757-9b81-e9fcff8b9899", Submitted}},
		{
			file: "async_unknown_request.xml", async: &Async{"", Unknown},
			fault: &Fault{Code: 100, Name: "UNKNOWN_REQUEST", Text: "Unknown request."},
		},
		{
			file: "async_data_not_yet_available.xml", async: &Async{"", NotYet},
			fault: &Fault{
				Code: 100, Name: "DATA_NOT_YET_AVAILABLE",
				Text: "Requested data is not yet available for download. Check the status of your request.",
			},
		},
		{file: "fault_100_not_found.xml", fault: &Fault{
			Code: 100, Name: "ERR_NOT_FOUND_2", Text: "DATA_SET:NO_SUCH is not available for dissemination.",
		}},
		{file: "fault_140_filter_count.xml", fault: &Fault{
			Code: 140, Name: "INVALID_QUERY_NB_FILTERS", Text: "Incorrect number of filters",
		}},
		{file: "fault_150_dimension_value.xml", fault: &Fault{
			Code: 150, Name: "INVALID_QUERY_DIMENSION_VALUE",
			Text:     "Query is invalid as per its structure's definition. The following values for dimension are not allowed: UNIT=NOTAUNIT.",
			Rejected: map[string][]string{"unit": {"NOTAUNIT"}},
		}},
		{file: "fault_413_extraction_too_big.xml", fault: &Fault{
			Code: 413, Name: "EXTRACTION_TOO_BIG", Cells: 420709314, Limit: 5000000,
			Text: "The requested extraction is too big, estimated 420709314 rows, max authorised is 5000000, please change your filters to reduce the extraction size",
		}},
		{file: "ESTAT_legacy_footer.xml"},
		{file: "statistics_error_404.json"},
		{file: "ESTAT_legacy_footer2.zip"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			b, err := io.ReadAll(specimen(t, "errors", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			f, isFault := ReadFault(b)
			a, isAsync := ReadAsync(b)
			if d := cmp.Diff(tt.fault, f); d != "" || isFault != (tt.fault != nil) {
				t.Errorf("ReadFault = %v (-want +got):\n%s", isFault, d)
			}
			if d := cmp.Diff(tt.async, a); d != "" || isAsync != (tt.async != nil) {
				t.Errorf("ReadAsync = %v (-want +got):\n%s", isAsync, d)
			}
		})
	}
}

func TestNoticeShapes(t *testing.T) {
	tests := []struct {
		name, doc string
		fault     *Fault
		async     *Async
	}{
		{"enveloped fault", `<S:Envelope><S:Header/><S:Body><S:Fault><faultcode>500</faultcode><faultstring>Internal</faultstring></S:Fault></S:Body></S:Envelope>`, &Fault{Code: 500, Text: "Internal"}, nil},
		{"code that is no number", `<Fault><faultcode>S:Server</faultcode><faultstring>down</faultstring></Fault>`, &Fault{Text: "down"}, nil},
		{"breaks off", `<Fault><faultcode>413</faultcode><faultstring>EXTR`, &Fault{Code: 413}, nil},
		{"standard error", `<m:Error><m:ErrorMessage code="150"><c:Text xml:lang="en">BAD: The following values for dimension are not allowed: GEO=XX, GEO=YY, UNIT=Z.</c:Text></m:ErrorMessage></m:Error>`, &Fault{
			Code: 150, Name: "BAD", Text: "The following values for dimension are not allowed: GEO=XX, GEO=YY, UNIT=Z.",
			Rejected: map[string][]string{"geo": {"XX", "YY"}, "unit": {"Z"}},
		}, nil},
		{"state in lower case", `<E:Envelope><E:Body><asyncResponse><status><key>k</key><status>available</status></status></asyncResponse></E:Body></E:Envelope>`, nil, &Async{"k", Available}},
		{"queue notice without a state", `<syncResponse><queued><id>k</id></queued></syncResponse>`, nil, nil},
		{"envelope of something else", `<Envelope><Body><other/></Body></Envelope>`, nil, nil},
		{"data", specificDoc(""), nil, nil},
		{"text", "freq,geo\\TIME_PERIOD\t2020", nil, nil},
		{"nothing", "", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := ReadFault([]byte(tt.doc))
			a, _ := ReadAsync([]byte(tt.doc))
			if d := cmp.Diff(tt.fault, f); d != "" {
				t.Errorf("fault (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.async, a); d != "" {
				t.Errorf("async (-want +got):\n%s", d)
			}
		})
	}
}

func TestNoticesSayWhatTheyAre(t *testing.T) {
	a := Async{"id", Processing}
	if got := a.fault().Error(); !strings.Contains(got, "PROCESSING") || !strings.Contains(got, "queue") {
		t.Errorf("queue notice says %q", got)
	}
}
