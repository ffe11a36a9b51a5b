package app

import (
	"testing"

	"birge/internal/accounts"

	"github.com/google/go-cmp/cmp"
)

func TestProviders(t *testing.T) {
	got, err := providers(map[string]string{"egov": "https://birge:s%2Fcret@id.example.kz/realms/egov", "a": "https://x:y@a.example"})
	want := []accounts.Provider{
		{Name: "a", Title: "a", Issuer: "https://a.example", ClientID: "x", ClientSecret: "y"},
		{Name: "egov", Title: "egov", Issuer: "https://id.example.kz/realms/egov", ClientID: "birge", ClientSecret: "s/cret"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, wrong := range []string{"https://id.example.kz", "ftp://a:b@c.example", "://"} {
		if _, err := providers(map[string]string{"x": wrong}); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
