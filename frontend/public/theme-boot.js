// Runs before the first paint, so that a stored theme and language never flash.
(function () {
  var root = document.documentElement;
  var theme = null;
  var language = null;
  try {
    theme = localStorage.getItem('myx.theme');
    language = localStorage.getItem('myx.language');
  } catch (error) {
    // Storage is blocked (private window, policy): system theme and browser language are used.
    console.info('MyX: preferences cannot be stored', error);
  }
  root.dataset.theme = theme === 'light' || theme === 'dark' ? theme : 'system';
  var chinese = /^zh\b/i.test(navigator.language || '');
  root.lang = language === 'en' || language === 'zh-CN' ? language : chinese ? 'zh-CN' : 'en';
})();
// The console itself did not arrive, as when the network changed meanwhile: nobody else could tell, so it is asked for
// once more. Not again at once: what does not help after a moment is no accident.
window.addEventListener(
  'error',
  function (event) {
    if (!(event.target instanceof HTMLScriptElement)) return;
    try {
      var before = Number(sessionStorage.getItem('myx.fetchedAgain'));
      if (Date.now() - before < 20000) return;
      sessionStorage.setItem('myx.fetchedAgain', String(Date.now()));
    } catch (error) {
      // Without a memory it could go on for ever.
      console.info('MyX: the page is incomplete', error);
      return;
    }
    setTimeout(function () {
      location.reload();
    }, 1000);
  },
  true,
);
