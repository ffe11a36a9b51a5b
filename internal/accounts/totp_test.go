package accounts

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// code is what the generator shows now.
func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCodeCustom(secret, h.clock.Now(), codeForm)
	h.must(err)
	return code
}

func TestSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		token, a := h.signIn("asel")
		_, _, err := h.StartTOTP(t.Context(), a, "wrong password")
		h.want(err, "accounts.password.wrong")
		key, url, err := h.StartTOTP(t.Context(), a, secret)
		h.must(err)
		if !strings.HasPrefix(url, "otpauth://totp/Birge:asel@example.kz?") {
			t.Errorf("address %q", url)
		}
		_, err = h.ProveTOTP(t.Context(), a, "000000")
		h.want(err, "accounts.code.wrong")
		recovery, err := h.ProveTOTP(t.Context(), a, h.code(key))
		h.must(err)
		if !h.actor(token).Confirmed {
			t.Error("the session that proved the generator is not confirmed")
		}
		h.nowhere(key, recovery[0])

		e, err := h.SignIn(t.Context(), home, "asel@example.kz", secret)
		h.must(err)
		if h.actor(e.Token).SignedIn() {
			t.Fatal("the password alone lets in")
		}
		if waits, err := h.Pending(t.Context(), e.Token); err != nil || !waits {
			t.Error("the session does not wait for the code", err)
		}
		_, err = h.Confirm(t.Context(), e.Token, h.code(key))
		h.want(err, "accounts.code.wrong") // this code was used at the proof
		h.clock.Advance(30 * time.Second)
		full, err := h.Confirm(t.Context(), e.Token, h.code(key))
		h.must(err)
		if b := h.actor(full.Token); !b.Confirmed || b.UserID != a.UserID {
			t.Errorf("confirmed as %+v", b)
		}
		if h.actor(e.Token).SignedIn() {
			t.Error("the token from before the code still works")
		}
		h.clock.Advance(confirmedLife)
		if b := h.actor(full.Token); b.Confirmed || !b.SignedIn() {
			t.Error("the second factor counts for ever, or the session ended with it")
		}

		e, err = h.SignIn(t.Context(), home, "asel@example.kz", secret)
		h.must(err)
		_, err = h.Confirm(t.Context(), e.Token, strings.ToUpper(Grouped(recovery[3])))
		h.must(err)
		e, err = h.SignIn(t.Context(), home, "asel@example.kz", secret)
		h.must(err)
		_, err = h.Confirm(t.Context(), e.Token, recovery[3])
		h.want(err, "accounts.code.wrong")

		h.must(h.RemoveTOTP(t.Context(), a, recovery[4]))
		_, b := h.signIn("asel")
		if !b.SignedIn() {
			t.Error("without a generator the password must do")
		}
	})
}

func TestGuessesAtCodesWait(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person("asel")
		_, a := h.signIn("asel")
		key, _, err := h.StartTOTP(t.Context(), a, secret)
		h.must(err)
		for range 5 {
			_, err := h.ProveTOTP(t.Context(), a, "000000")
			h.want(err, "accounts.code.wrong")
		}
		_, err = h.ProveTOTP(t.Context(), a, h.code(key))
		h.want(err, "accounts.wait")
	})
}

func TestSecretOpensForItsPersonOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sealed, err := h.seal(1, "JBSWY3DPEHPK3PXP")
		h.must(err)
		if got, err := h.unseal(1, sealed); err != nil || got != "JBSWY3DPEHPK3PXP" {
			t.Errorf("%q %v", got, err)
		}
		if _, err := h.unseal(2, sealed); err == nil {
			t.Error("the secret opens in another person's row")
		}
	})
}
