(function () {
  var top = document.querySelector('.to-top');
  if (top) { top.addEventListener('click', function (event) { event.preventDefault(); window.scrollTo(0, 0); }); }
  document.documentElement.setAttribute('data-ready', 'yes');
})();
