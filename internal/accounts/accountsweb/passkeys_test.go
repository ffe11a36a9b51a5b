package accountsweb

import (
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ui"
)

// The portal of the other tests has no public address, and so no passkeys.
func TestPasskeysOnThePages(t *testing.T) {
	words := i18n.NewWords()
	for _, add := range []error{words.Add(ui.Locales), words.Add(Locales)} {
		if add != nil {
			t.Fatal(add)
		}
	}
	for _, l := range i18n.Langs {
		p := ui.Page{Printer: words.Printer(l), Title: "x"}
		m := mine{hasPasskeys: true, passkeys: []accounts.Passkey{{ID: 5, Label: "Телефон"}}}
		var account, signIn strings.Builder
		if err := accountPage(p, time.UTC, m, form{}).Render(t.Context(), &account); err != nil {
			t.Fatal(err)
		}
		if err := signInPage(p, form{}, "/ru/desk", true, []accounts.Provider{{Name: "egov", Title: "eGov"}}).Render(t.Context(), &signIn); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"Телефон", `data-passkey="add"`, "/" + string(l) + "/account/passkeys/0000000000005/remove"} {
			if !strings.Contains(account.String(), part) {
				t.Errorf("the account lacks %q", part)
			}
		}
		if !strings.Contains(signIn.String(), `data-passkey="use"`) || !strings.Contains(signIn.String(), "/sign-in/with/egov?to=") || strings.Contains(account.String()+signIn.String(), "⟦") {
			t.Error("no button to sign in by passkey or provider, or a word is missing")
		}
	}
}
