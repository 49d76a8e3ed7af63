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
